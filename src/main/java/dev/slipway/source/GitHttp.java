package dev.slipway.source;

import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;
import org.eclipse.jgit.http.server.GitFilter;
import org.eclipse.jgit.http.server.ReceivePackErrorHandler.ReceivePackRunnable;
import org.eclipse.jgit.http.server.resolver.AsIsFileService;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectChecker.ErrorType;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.ReceivePack;
import org.eclipse.jgit.transport.UploadPack;
import org.jspecify.annotations.Nullable;

/// Git over HTTP: answers `/APP.git/...` and lets all else pass. Every request needs an API key as
/// password; the user name does not matter. Thread-safe.
public final class GitHttp implements Filter {
  private static final Logger LOG = System.getLogger(GitHttp.class.getName());
  private static final Pattern PATH =
      Pattern.compile("/([a-z0-9-]+)\\.git/(info/refs|git-receive-pack|git-upload-pack)");
  private static final String TARGET = "dev.slipway.git";

  private record Target(AppId app, String name, AccountId by) {}

  private final GitRepositories repositories;
  private final Pushes pushes;
  private final BuildBeforeAccept.Busy busy = new BuildBeforeAccept.Busy();
  private final GitFilter git = new GitFilter();

  /// Serves those repositories, and hands what is pushed on.
  public GitHttp(GitRepositories repositories, Pushes pushes) {
    this.repositories = repositories;
    this.pushes = pushes;
    git.setAsIsFileService(AsIsFileService.DISABLED);
    git.setRepositoryResolver((request, name) -> open(request));
    git.setReceivePackFactory((request, repository) -> receivePack(request, repository));
    git.setReceivePackErrorHandler(GitHttp::receive);
    git.setUploadPackFactory((request, repository) -> new UploadPack(repository));
  }

  @Override
  public void init(FilterConfig config) throws ServletException {
    git.init(config);
  }

  @Override
  public void destroy() {
    git.destroy();
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    var http = (HttpServletRequest) request;
    var path = PATH.matcher(http.getRequestURI());
    if (path.matches()) {
      serve(http, (HttpServletResponse) response, path.group(1), chain);
    } else {
      chain.doFilter(request, response);
    }
  }

  private void serve(
      HttpServletRequest request, HttpServletResponse response, String name, FilterChain chain)
      throws IOException, ServletException {
    try {
      var key = password(request);
      if (key == null) {
        throw UserError.of(ErrorCode.UNAUTHORIZED, "An API key is needed as password.");
      }
      var by = pushes.authenticate(key, use(request), request.getRemoteAddr());
      request.setAttribute(TARGET, new Target(pushes.app(name, by), name, by));
    } catch (UserError e) {
      refuse(response, e);
      return;
    }
    git.doFilter(request, response, chain);
  }

  /// A push asks for the references first, and says what for.
  private static Pushes.Use use(HttpServletRequest request) {
    var pushes =
        request.getRequestURI().endsWith("/git-receive-pack")
            || "git-receive-pack".equals(request.getParameter("service"));
    return pushes ? Pushes.Use.PUSH : Pushes.Use.FETCH;
  }

  private static void refuse(HttpServletResponse response, UserError error) throws IOException {
    var code = error.problem().code();
    if (code == ErrorCode.UNAUTHORIZED) {
      response.setHeader("WWW-Authenticate", "Basic realm=\"slipway\"");
    }
    response.setStatus(code.httpStatus());
    response.setContentType("text/plain; charset=utf-8");
    response.getOutputStream().write((error.getMessage() + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static @Nullable Secret password(HttpServletRequest request) {
    var header = request.getHeader("Authorization");
    if (header == null || !header.toLowerCase(Locale.ROOT).startsWith("basic ")) {
      return null;
    }
    try {
      var pair =
          new String(
              Base64.getDecoder().decode(header.substring("basic ".length()).strip()),
              StandardCharsets.UTF_8);
      var colon = pair.indexOf(':');
      return colon < 0 ? null : new Secret(pair.substring(colon + 1));
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  private Repository open(HttpServletRequest request) {
    try {
      return repositories.open(target(request).app());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private ReceivePack receivePack(HttpServletRequest request, Repository repository) {
    var target = target(request);
    var pack = new ReceivePack(repository);
    pack.setObjectChecker(lenientChecker());
    pack.setPreReceiveHook(
        new BuildBeforeAccept(pushes, busy, target.app(), target.name(), target.by()));
    return pack;
  }

  /// Refuses names that could leave a tree, but not the old sins that real histories carry.
  private static ObjectChecker lenientChecker() {
    return new ObjectChecker()
        .setAllowInvalidPersonIdent(true)
        .setAllowLeadingZeroFileMode(true)
        .setIgnore(ErrorType.MISSING_EMAIL, true)
        .setIgnore(ErrorType.MISSING_SPACE_BEFORE_DATE, true)
        .setIgnore(ErrorType.BAD_TIMEZONE, true);
  }

  /// JGit has told the client what it could; a client that has gone is nothing to log.
  private static void receive(
      HttpServletRequest request, HttpServletResponse response, ReceivePackRunnable pack)
      throws IOException {
    try {
      pack.receive();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a push ended early", e);
      if (!response.isCommitted()) {
        response.sendError(HttpServletResponse.SC_BAD_REQUEST);
      }
    }
  }

  private static Target target(HttpServletRequest request) {
    if (request.getAttribute(TARGET) instanceof Target target) {
      return target;
    }
    throw new IllegalStateException("a git request without a target");
  }
}
