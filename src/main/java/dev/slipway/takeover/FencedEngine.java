package dev.slipway.takeover;

import dev.slipway.core.AppId;
import dev.slipway.core.ServiceName;
import dev.slipway.engine.DynoSpec;
import dev.slipway.engine.DynoState;
import dev.slipway.engine.Engine;
import dev.slipway.engine.InsideCommand;
import dev.slipway.engine.InsideProcess;
import dev.slipway.image.ImageReference;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// An engine that starts and stops dynos only for who may still change things.
///
/// @param engine runs the dynos
/// @param fence is asked before each change
public record FencedEngine(Engine engine, Fence fence) implements Engine {
  @Override
  public void start(DynoSpec dyno) {
    fence.check();
    engine.start(dyno);
  }

  @Override
  public boolean release(Predicate<ServiceName> settled) {
    fence.check();
    return engine.release(settled);
  }

  @Override
  public void startOnce(DynoSpec dyno) {
    fence.check();
    engine.startOnce(dyno);
  }

  @Override
  public void stop(ServiceName service) {
    fence.check();
    engine.stop(service);
  }

  @Override
  public void pause(ServiceName service) {
    fence.check();
    engine.pause(service);
  }

  @Override
  public void resume(ServiceName service) {
    fence.check();
    engine.resume(service);
  }

  @Override
  public ExitWatch watchExit(DynoState dyno) {
    return engine.watchExit(dyno);
  }

  @Override
  public boolean isGone(ServiceName service) {
    return engine.isGone(service);
  }

  @Override
  public List<DynoState> dynos() {
    return engine.dynos();
  }

  @Override
  public List<DynoState> dynos(AppId app) {
    return engine.dynos(app);
  }

  @Override
  public LogFollower follow(ServiceName service, Instant since, LogSink sink) {
    return engine.follow(service, since, sink);
  }

  @Override
  public List<String> lastLines(ServiceName service, int count) {
    return engine.lastLines(service, count);
  }

  @Override
  public FreeMemory freeMemory() {
    return engine.freeMemory();
  }

  @Override
  public FreeMemory freeAtLeast() {
    return engine.freeAtLeast();
  }

  @Override
  public List<Crowded> crowded() {
    return engine.crowded();
  }

  @Override
  public Optional<String> crowdedHere() {
    return engine.crowdedHere();
  }

  @Override
  public List<Unpulled> pull(ImageReference image, @Nullable String pool, Duration limit) {
    return engine.pull(image, pool, limit);
  }

  @Override
  public Set<ImageReference> images() {
    return engine.images();
  }

  @Override
  public void removeImage(ImageReference image) {
    fence.check();
    engine.removeImage(image);
  }

  @Override
  public InsideProcess runInside(DynoState dyno, InsideCommand command) {
    return engine.runInside(dyno, command);
  }

  @Override
  public Optional<List<String>> listeners(DynoState dyno, int port) {
    return engine.listeners(dyno, port);
  }
}
