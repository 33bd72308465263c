package dev.slipway.oneoff;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.sshd.common.io.AbstractIoWriteFuture;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoService;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.jspecify.annotations.Nullable;

/// A connection that is there already, as MINA SSHD wants one: so it needs no port and no threads
/// of its own. It is read by one thread, and a write returns when it is done.
final class SocketSession extends AbstractCloseable implements IoSession {
  private static final AtomicLong LAST = new AtomicLong();
  private static final int PIECE = 16 * 1024;

  private final long id = LAST.incrementAndGet();
  private final Map<Object, Object> attributes = new ConcurrentHashMap<>();
  private final Connection connection;
  private final IoHandler handler;

  /// @param handler gets what is read
  SocketSession(Connection connection, IoHandler handler) {
    this.connection = connection;
    this.handler = handler;
  }

  /// Reads to the end of the connection.
  ///
  /// The client begins: the stock one throws away what comes together with the answer to its
  /// upgrade.
  ///
  /// @param begun is run before anything that the client says is looked at
  void read(Runnable begun) {
    try {
      var input = connection.secure().getInputStream();
      var piece = new byte[PIECE];
      var count = input.read(piece);
      handler.sessionCreated(this);
      begun.run();
      while (count >= 0 && !isClosing()) {
        handler.messageReceived(this, new ByteArrayBuffer(piece, 0, count));
        count = input.read(piece);
      }
    } catch (IOException clientIsGone) {
      log.debug("A client went away", clientIsGone);
    } catch (Exception e) {
      refuse(e);
    } finally {
      close(true);
    }
  }

  private void refuse(Exception why) {
    try {
      handler.exceptionCaught(this, why);
    } catch (Exception e) {
      log.debug("A client could not be told why", e);
    }
  }

  @Override
  public IoWriteFuture writeBuffer(Buffer buffer) {
    try {
      var output = connection.secure().getOutputStream();
      output.write(buffer.array(), buffer.rpos(), buffer.available());
      output.flush();
      return AbstractIoWriteFuture.fulfilled(this, true);
    } catch (IOException clientIsGone) {
      close(true);
      return AbstractIoWriteFuture.fulfilled(this, clientIsGone);
    }
  }

  @Override
  protected void doCloseImmediately() {
    connection.close();
    super.doCloseImmediately();
    try {
      handler.sessionClosed(this);
    } catch (Exception e) {
      log.debug("A session did not end well", e);
    }
  }

  @Override
  public void shutdownOutputStream() throws IOException {
    connection.secure().shutdownOutput();
  }

  @Override
  public long getId() {
    return id;
  }

  @Override
  public @Nullable Object getAttribute(Object key) {
    return attributes.get(key);
  }

  @Override
  public @Nullable Object setAttribute(Object key, Object value) {
    return attributes.put(key, value);
  }

  @Override
  public @Nullable Object setAttributeIfAbsent(Object key, Object value) {
    return attributes.putIfAbsent(key, value);
  }

  @Override
  public @Nullable Object removeAttribute(Object key) {
    return attributes.remove(key);
  }

  @Override
  public SocketAddress getRemoteAddress() {
    return connection.socket().getRemoteSocketAddress();
  }

  @Override
  public SocketAddress getLocalAddress() {
    return connection.socket().getLocalSocketAddress();
  }

  @Override
  public SocketAddress getAcceptanceAddress() {
    return getLocalAddress();
  }

  /// It was made by no service of MINA's.
  @Override
  public IoService getService() {
    throw new UnsupportedOperationException();
  }

  /// Only port forwarding asks for this, and there is none.
  @Override
  public void suspendRead() {}

  @Override
  public void resumeRead() {}
}
