package dev.slipway.api;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import dev.slipway.postgres.Backups;
import dev.slipway.postgres.Dumps;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;

/// Downloads of backups: the stock client asks for an address, and fetches it without credentials.
final class DumpEndpoints {
  private static final Logger LOG = System.getLogger(DumpEndpoints.class.getName());
  private static final String RESOURCE = "transfer";

  /// The stock client gives up after a minute of silence. What takes longer it waits for at the
  /// address, where it has no limit.
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  /// Who reads a download may pause for so long.
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  private final Backups backups;
  private final Dumps dumps;
  private final ApiConnectors connectors;

  DumpEndpoints(Backups backups, Dumps dumps, ApiConnectors connectors) {
    this.backups = backups;
    this.dumps = dumps;
    this.connectors = connectors;
  }

  void mount(Routes routes) {
    routes.post(
        "/client/v11/apps/{app}/transfers/{transfer}/actions/public-url", RESOURCE, this::url);
    routes.open(HandlerType.GET, "/dumps/{ticket}", this::download);
  }

  private void url(Call call) {
    var backup = backups.get(call.app().id(), call.param("transfer"));
    if (!backup.isWhole()) {
      throw UserError.of(ErrorCode.INVALID_PARAMS, "There is nothing to download in that backup.");
    }
    dumps.prepare(backup, PATIENCE);
    call.created(new Address(secure(call.baseUrl()) + "/dumps/" + dumps.ticket(backup)));
  }

  private record Address(String url) {}

  /// The stock client fetches nothing but `https`. Ports that a tunnel goes by are as far apart as
  /// ours.
  private String secure(String base) {
    return secure(base, connectors.httpPort(), connectors.tlsPort());
  }

  static String secure(String base, int httpPort, int tlsPort) {
    var port = base.replaceFirst("^http://[^/]*:([0-9]{1,5})$", "$1");
    return tlsPort < 0 || port.equals(base)
        ? base
        : base.replaceFirst("^http://", "https://")
            .replaceFirst("[0-9]+$", Integer.toString(Integer.parseInt(port) + tlsPort - httpPort));
  }

  private void download(Context http) throws IOException {
    var connection = connection(http);
    var usual = connection.getIdleTimeout();
    connection.setIdleTimeout(0);
    try {
      send(http, connection);
    } catch (UserError error) {
      refuse(connection, error);
    } finally {
      connection.setIdleTimeout(usual);
    }
  }

  private void send(Context http, EndPoint connection) throws IOException {
    var dump = dumps.open(http.pathParam("ticket"));
    connection.setIdleTimeout(LONGEST_PAUSE.toMillis());
    try (var content = dump.stream()) {
      var response = http.res();
      response.setContentType("application/octet-stream");
      response.setContentLengthLong(dump.bytes());
      response.setHeader("Content-Disposition", "attachment; filename=\"" + dump.name() + "\"");
      response.setHeader("Cache-Control", "no-store");
      content.transferTo(response.getOutputStream());
    }
  }

  /// The stock client takes any answer for the backup, and writes it to the file: it must get none.
  private static void refuse(EndPoint connection, UserError error) {
    if (error.problem().code() == ErrorCode.NOT_FOUND) {
      throw error;
    }
    LOG.log(Level.INFO, "A download was broken off: {0}", error.problem().sentence());
    connection.close();
  }

  private static EndPoint connection(Context http) {
    return ServletContextRequest.getServletContextRequest(http.req())
        .getConnectionMetaData()
        .getConnection()
        .getEndPoint();
  }
}
