package dev.slipway.oneoff;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.ServiceFactory;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.session.ServerSession;
import org.apache.sshd.server.session.ServerUserAuthService;
import org.apache.sshd.server.session.ServerUserAuthServiceFactory;

/// Lets clients in that ask to be let in without a proof (`none`, RFC 4252, section 5.2): theirs
/// was the secret that their connection was opened with. MINA SSHD itself refuses them, whatever it
/// is told, since on a port that anybody can reach they would be anybody.
final class KnownClients implements ServiceFactory {
  @Override
  public String getName() {
    return ServerUserAuthServiceFactory.INSTANCE.getName();
  }

  @Override
  public Service create(Session session) throws IOException {
    return new LetIn(session);
  }

  private static final class LetIn extends ServerUserAuthService {
    LetIn(Session session) throws IOException {
      super(session);
    }

    @Override
    protected boolean handleUserAuthRequestMessage(
        ServerSession session, Buffer request, AtomicReference<Boolean> known) throws Exception {
      var start = request.rpos();
      var user = request.getString();
      var service = request.getString();
      if (!session.isAuthenticated() && request.getString().equals("none")) {
        session.signalAuthenticationSuccess(user, service, request);
        return false;
      }
      request.rpos(start);
      return super.handleUserAuthRequestMessage(session, request, known);
    }
  }
}
