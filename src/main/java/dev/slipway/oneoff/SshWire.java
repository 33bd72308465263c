package dev.slipway.oneoff;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.global.KeepAliveHandler;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.helpers.AbstractSession;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.UserAuthNoneFactory;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.apache.sshd.server.global.NoMoreSessionsHandler;
import org.apache.sshd.server.session.ServerConnectionServiceFactory;
import org.apache.sshd.server.session.SessionFactory;
import org.jspecify.annotations.Nullable;

/// SSH with clients whose connection is there, and whose secret was right: nobody is asked who they
/// are. It has a host key of its own for as long as it lives. A client gets one shell channel,
/// which is its command, and nothing else of SSH. Thread-safe.
final class SshWire {
  private static final AttributeKey<Offer> OFFER = new AttributeKey<>();
  private static final AttributeKey<Channel> CHANNEL = new AttributeKey<>();

  /// How much may wait for a command that reads nothing.
  private static final long WINDOW = 256 * 1024;

  /// Longer than any command may run: a client may stop reading for as long as it likes.
  private static final Duration LONGEST = OneOffRequest.LONGEST.multipliedBy(2);

  private final SessionFactory sessions;

  SshWire() {
    // MINA SSHD would put Bouncy Castle's cryptography before the JDK's, in the whole process.
    System.setProperty(SecurityUtils.SECURITY_PROVIDER_REGISTRARS, "none");
    sessions = new SessionFactory(server());
  }

  /// It is never started: that would open a port.
  private static SshServer server() {
    var server = SshServer.setUpDefaultServer();
    server.setKeyPairProvider(KeyPairProvider.wrap(hostKey()));
    server.setUserAuthFactories(List.of(UserAuthNoneFactory.INSTANCE));
    server.setServiceFactories(
        List.of(new KnownClients(), ServerConnectionServiceFactory.INSTANCE));
    server.setChannelFactories(List.of(new ShellChannels()));
    server.setGlobalRequestHandlers(
        List.of(KeepAliveHandler.INSTANCE, NoMoreSessionsHandler.INSTANCE));
    server.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
    server.setCompressionFactories(List.of(BuiltinCompressions.none));
    server.setShellFactory(channel -> shell(channel.getSession().getAttribute(OFFER)));
    server.setScheduledExecutorService(
        Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().name("ssh-timer").factory()));
    CoreModuleProperties.WINDOW_SIZE.set(server, WINDOW);
    CoreModuleProperties.WAIT_FOR_SPACE_TIMEOUT.set(server, LONGEST);
    return server;
  }

  /// Nothing where the offer has its client already: that is a refusal.
  private static @Nullable Shell shell(Offer offer) {
    return offer.client().isPresent() ? null : new Shell(offer);
  }

  private static KeyPair hostKey() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Talks with a client to its end. When it asks for its shell, it has come.
  void talk(Connection connection, Offer offer) {
    var session = new SocketSession(connection, sessions);
    session.read(() -> AbstractSession.getSession(session).setAttribute(OFFER, offer));
  }

  private static final class ShellChannels implements ChannelFactory {
    @Override
    public String getName() {
      return "session";
    }

    /// Nothing where there is one already: that is a refusal. MINA SSHD's own limit would end the
    /// session.
    @Override
    public @Nullable Channel createChannel(Session session) {
      var former = session.getAttribute(CHANNEL);
      if (former != null && former.isOpen()) {
        return null;
      }
      var channel = new ShellChannel();
      session.setAttribute(CHANNEL, channel);
      return channel;
    }
  }
}
