package dev.slipway.fleet;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.URLDecoder;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The Docker Engine API over a Unix socket, as a Swarm's manager answers it, without any container
/// behind it: a service runs as soon as it is made. Its tasks are as long as real ones. Runs in a
/// process of its own.
public final class SimulatedDocker {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int HOSTS = 200;
  private static final long HOST_MEMORY = 64L << 30;

  private final Map<String, Task> tasks = new ConcurrentSkipListMap<>();
  private final AtomicInteger last = new AtomicInteger();

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Task(String service, String app, String dyno, byte[] json) {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Request(String method, String path, String query, byte[] body) {}

  private SimulatedDocker() {}

  /// Takes the socket and a control's database, whose dynos all run.
  public static void main(String[] arguments) throws Exception {
    var docker = new SimulatedDocker();
    docker.load(Path.of(arguments[1]));
    docker.serve(Path.of(arguments[0]));
  }

  private void load(Path database) throws SQLException {
    try (var db = DriverManager.getConnection("jdbc:sqlite:" + database);
        var rows =
            db.createStatement().executeQuery("SELECT service, app_id, type, number FROM dynos")) {
      while (rows.next()) {
        add(rows.getString(1), rows.getString(2), rows.getString(3) + "." + rows.getInt(4));
      }
    }
  }

  private void add(String service, String app, String dyno) {
    tasks.put(service, new Task(service, app, dyno, task(service, app, dyno)));
  }

  private void serve(Path socket) throws IOException {
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket), 4096);
      while (true) {
        var client = server.accept();
        Thread.ofVirtual().start(() -> converse(client));
      }
    }
  }

  private void converse(SocketChannel client) {
    try (client) {
      var input = new BufferedInputStream(Channels.newInputStream(client), 1024);
      var output = Channels.newOutputStream(client);
      for (var request = read(input); request != null; request = read(input)) {
        answer(request, input, output);
      }
    } catch (IOException gone) {
      // The client closed the connection.
    }
  }

  private static @org.jspecify.annotations.Nullable Request read(InputStream input)
      throws IOException {
    var first = line(input);
    if (first.isEmpty()) {
      return null;
    }
    var length = 0;
    for (var header = line(input); !header.isEmpty(); header = line(input)) {
      if (header.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(header.substring(15).strip());
      }
    }
    var words = first.split(" ", -1);
    var target = words[1].replaceFirst("^/v1\\.[0-9]+", "").split("\\?", 2);
    var query = target.length > 1 ? target[1] : "";
    return new Request(words[0], target[0], query, input.readNBytes(length));
  }

  private static String line(InputStream input) throws IOException {
    var line = new ByteArrayOutputStream();
    for (var b = input.read(); b >= 0 && b != '\n'; b = input.read()) {
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  private void answer(Request request, InputStream input, OutputStream output) throws IOException {
    var path = request.path();
    if (path.endsWith("/logs")) {
      output.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(UTF));
      var _ = input.read(); // nobody writes a line; the client ends it
    } else if (path.equals("/tasks")) {
      sendTasks(request, output);
    } else if (path.equals("/services/create")) {
      send(output, 201, create(JSON.readTree(request.body())));
    } else if (path.startsWith("/services/")) {
      send(output, tasks.remove(path.substring(10)) == null ? 404 : 200, "");
    } else if (path.equals("/simulate/move")) {
      move(Integer.parseInt(request.query()));
      send(output, 200, "");
    } else {
      send(output, 200, fixed(path));
    }
  }

  private static final java.nio.charset.Charset UTF = StandardCharsets.UTF_8;

  private static String fixed(String path) {
    return switch (path) {
      case "/info" -> "{\"Swarm\":{\"NodeID\":\"node0\"},\"NCPU\":16}";
      case "/nodes" -> nodes();
      case "/containers/json", "/images/json" -> "[]";
      default -> "{}";
    };
  }

  private static void send(OutputStream output, int status, String body) throws IOException {
    var bytes = body.getBytes(UTF);
    var head =
        "HTTP/1.1 "
            + status
            + " X\r\nContent-Type: application/json\r\nContent-Length: "
            + bytes.length
            + "\r\n\r\n";
    output.write(head.getBytes(UTF));
    output.write(bytes);
  }

  private void sendTasks(Request request, OutputStream output) throws IOException {
    var found = found(URLDecoder.decode(request.query(), UTF));
    var length = 2 + Math.max(0, found.size() - 1);
    for (var task : found) {
      length += task.json().length;
    }
    var all = new BufferedOutputStream(output, 256 * 1024);
    all.write(
        ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                + length
                + "\r\n\r\n[")
            .getBytes(UTF));
    var first = true;
    for (var task : found) {
      if (!first) {
        all.write(',');
      }
      first = false;
      all.write(task.json());
    }
    all.write(']');
    all.flush();
  }

  private Collection<Task> found(String query) {
    for (var label : JSON.readTree(query.substring(query.indexOf('=') + 1)).path("label")) {
      var pair = label.asString().split("=", 2);
      if (pair.length == 2) {
        return tasks.values().stream()
            .filter(
                task -> pair[1].equals(pair[0].equals("slipway.app") ? task.app() : task.service()))
            .toList();
      }
    }
    return List.copyOf(tasks.values());
  }

  private String create(JsonNode body) {
    var labels = body.path("Labels");
    var service = body.path("Name").asString();
    add(service, labels.path("slipway.app").asString(), labels.path("slipway.dyno").asString());
    return "{\"ID\":\"" + service + "\"}";
  }

  /// So many dynos, from anywhere, have another address from now on.
  private void move(int count) {
    var all = tasks.values().stream().toList();
    var random = new java.util.Random();
    for (var i = 0; i < count; i++) {
      var task = all.get(random.nextInt(all.size()));
      add(task.service(), task.app(), task.dyno());
    }
  }

  private static String nodes() {
    var nodes = new StringBuilder("[");
    for (var host = 0; host < HOSTS; host++) {
      nodes
          .append(host == 0 ? "" : ",")
          .append(
              """
              {"ID":"node%d","Version":{"Index":17},"Spec":{"Role":"worker","Availability":"active",
               "Labels":{"slipway.open":"yes"}},"Status":{"State":"ready","Addr":"10.0.0.%d"},
               "Description":{"Hostname":"host%d","Resources":{"NanoCPUs":16000000000,"MemoryBytes":%d},
               "Engine":{"EngineVersion":"27.0.1"}}}\
              """
                  .formatted(host, host % 250, host, HOST_MEMORY));
    }
    return nodes.append("]").toString();
  }

  private byte[] task(String service, String app, String dyno) {
    var number = last.incrementAndGet();
    var environment = new StringBuilder();
    for (var i = 0; i < 20; i++) {
      environment.append(
          ",\"CONFIG_VAR_%02d=a value of a usual length, %s\"".formatted(i, service));
    }
    var now = Instant.now();
    return """
    {"ID":"task%d","Version":{"Index":%d},"CreatedAt":"%s","UpdatedAt":"%s","Labels":{},
    "Spec":{"ContainerSpec":{"Image":"127.0.0.1:5000/%s@sha256:%064d","Labels":{"slipway.app":"%s",
    "slipway.dyno":"%s","slipway.service":"%s"},"Command":["/bin/sh","-c","npm start"],
    "Env":["TINI_KILL_PROCESS_GROUP=1"%s],"Init":true,"StopGracePeriod":30000000000,"DNSConfig":{},
    "Isolation":"default","CapabilityAdd":["CAP_CHOWN"],"CapabilityDrop":["ALL"]},
    "Resources":{"Limits":{"MemoryBytes":536870912,"Pids":512},"Reservations":{"MemoryBytes":536870912}},
    "RestartPolicy":{"Condition":"any","Delay":1000000000,"MaxAttempts":0},
    "Placement":{"Constraints":["node.labels.slipway.open==yes"],"Platforms":[{"Architecture":"amd64","OS":"linux"}]},
    "Networks":[{"Target":"p2rnlbiuxn8hmv7l0sbs9r0ae"}],"LogDriver":{"Name":"json-file",
    "Options":{"max-file":"2","max-size":"5m"}},"ForceUpdate":0},
    "ServiceID":"%s","Slot":1,"NodeID":"node%d","Status":{"Timestamp":"%s","State":"running",
    "Message":"started","ContainerStatus":{"ContainerID":"%064x","PID":%d,"ExitCode":0},"PortStatus":{}},
    "DesiredState":"running","NetworksAttachments":[{"Network":{"ID":"p2rnlbiuxn8hmv7l0sbs9r0ae",
    "Version":{"Index":9},"CreatedAt":"%s","UpdatedAt":"%s","Spec":{"Name":"slipway-dynos","Labels":{},
    "DriverConfiguration":{"Name":"overlay"},"Attachable":true,"IPAMOptions":{"Driver":{"Name":"default"},
    "Configs":[{"Subnet":"10.128.0.0/14"}]},"Scope":"swarm"},"DriverState":{"Name":"overlay",
    "Options":{"com.docker.network.driver.overlay.vxlanid_list":"4097"}},"IPAMOptions":{"Driver":{"Name":
    "default"},"Configs":[{"Subnet":"10.128.0.0/14","Gateway":"10.128.0.1"}]}},"Addresses":["10.%d.%d.%d/14"]}]}\
    """
        .formatted(
            number,
            number,
            now,
            now,
            app,
            0,
            app,
            dyno,
            service,
            environment,
            service,
            number % HOSTS,
            now,
            number,
            number,
            now,
            now,
            128 + (number >> 16) % 4,
            (number >> 8) % 256,
            number % 256)
        .getBytes(UTF);
  }
}
