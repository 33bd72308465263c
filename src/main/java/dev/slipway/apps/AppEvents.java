package dev.slipway.apps;

import dev.slipway.core.AccountId;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Tells listeners what happens to apps, in order, on a thread of its own: whoever changes an app
/// neither waits for them nor fails with them. Thread-safe.
public final class AppEvents {
  private static final Logger LOG = System.getLogger(AppEvents.class.getName());

  private static final ScopedValue<AccountId> ACTOR = ScopedValue.newInstance();

  private final List<Consumer<AppEvent>> listeners = new CopyOnWriteArrayList<>();
  private final ExecutorService inOrder =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("app-events").factory());

  /// Has a listener told from now on.
  public void listen(Consumer<AppEvent> listener) {
    listeners.add(listener);
  }

  /// What someone has done.
  @FunctionalInterface
  public interface Act {
    /// Does it.
    void run() throws Exception;
  }

  /// Runs what the account asked for: events that it causes on this thread are that account's.
  public static void actingAs(AccountId account, Act act) throws Exception {
    ScopedValue.where(ACTOR, account)
        .call(() -> {
          act.run();
          return account;
        });
  }

  /// Tells of a change that is on disk.
  public void happened(AppEvent event) {
    var ofActor = withActor(event);
    happened(() -> ofActor);
  }

  /// The same, for an event that is put together on the listeners' thread.
  public void happened(Supplier<AppEvent> event) {
    inOrder.execute(() -> tell(event));
  }

  /// Tells of what is about to end, and returns when every listener has seen it as it was.
  void ending(AppEvent event) {
    var ofActor = withActor(event);
    CompletableFuture.runAsync(() -> tell(() -> ofActor), inOrder).join();
  }

  private static AppEvent withActor(AppEvent event) {
    return event.actor() == null && ACTOR.isBound() ? event.by(ACTOR.get()) : event;
  }

  private void tell(Supplier<AppEvent> supplier) {
    if (listeners.isEmpty()) {
      return;
    }
    try {
      var event = supplier.get();
      listeners.forEach(listener -> listener.accept(event));
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "An event of an app is not told", e);
    }
  }
}
