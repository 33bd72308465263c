package dev.slipway.engine;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a plain container is made from. It restarts always, and its log is bounded.
///
/// @param name its name, and its host name
/// @param image the identifier or name of its image
/// @param command arguments after the image's entry point; empty for the image's own
/// @param environment no secrets: anybody who may ask the engine can read it
/// @param labels what it can be found by
/// @param mounts host paths and volumes
/// @param temporary directories in memory
/// @param kernelSettings of its own network namespace, such as `net.ipv4.ip_forward`
/// @param ports published on this host
/// @param attachments its networks; empty for no network at all
/// @param inside the container whose network namespace it lives in, instead of networks of its own
/// @param limits what it may use
/// @param privileges what it may do
public record ContainerSpec(
    String name,
    String image,
    List<String> command,
    Map<String, String> environment,
    Map<String, String> labels,
    List<Mount> mounts,
    List<String> temporary,
    Map<String, String> kernelSettings,
    List<Port> ports,
    List<Attachment> attachments,
    @Nullable String inside,
    Limits limits,
    Privileges privileges) {
  /// Copies its collections. Maps are sorted, so that equal specs are equal texts too, in any
  /// process: a spec's text tells whether a container is still what it should be.
  public ContainerSpec {
    command = List.copyOf(command);
    environment = new TreeMap<>(environment);
    labels = new TreeMap<>(labels);
    mounts = List.copyOf(mounts);
    temporary = List.copyOf(temporary);
    kernelSettings = new TreeMap<>(kernelSettings);
    ports = List.copyOf(ports);
    attachments = List.copyOf(attachments);
  }

  /// A host path (absolute) or a named volume, and where the container sees it.
  public record Mount(String source, String target, boolean readOnly) {}

  /// A port of the container, published on an address of this host; empty for all addresses.
  public record Port(String hostAddress, int hostPort, int containerPort) {}

  /// A network, with a fixed address or one that the engine picks.
  public record Attachment(String network, @Nullable String address) {}

  /// What a container may use; 0 for no bound.
  ///
  /// @param memoryBytes memory, swap included
  /// @param cpus processors, such as 1.5
  /// @param processes threads and processes together
  public record Limits(long memoryBytes, double cpus, int processes) {
    /// No bound at all.
    public static final Limits NONE = new Limits(0, 0, 0);
  }

  /// What a container may do beyond the engine's default.
  ///
  /// @param capabilities such as `NET_ADMIN`
  /// @param dropped capabilities that are taken away, `ALL` for all
  /// @param securityOptions such as `seccomp=unconfined`
  /// @param hostProcesses whether it sees the host's processes
  public record Privileges(
      List<String> capabilities,
      List<String> dropped,
      List<String> securityOptions,
      boolean hostProcesses) {
    /// The engine's default.
    public static final Privileges DEFAULT = new Privileges(List.of(), List.of(), List.of(), false);

    /// Copies the lists.
    public Privileges {
      capabilities = List.copyOf(capabilities);
      dropped = List.copyOf(dropped);
      securityOptions = List.copyOf(securityOptions);
    }
  }

  /// The same with one more label.
  public ContainerSpec withLabel(String key, String value) {
    var more = new TreeMap<>(labels);
    more.put(key, value);
    return new ContainerSpec(
        name,
        image,
        command,
        environment,
        more,
        mounts,
        temporary,
        kernelSettings,
        ports,
        attachments,
        inside,
        limits,
        privileges);
  }

  /// The same under another name.
  public ContainerSpec called(String other) {
    return new ContainerSpec(
        other,
        image,
        command,
        environment,
        labels,
        mounts,
        temporary,
        kernelSettings,
        ports,
        attachments,
        inside,
        limits,
        privileges);
  }

  /// The same with one variable more, or another value of it.
  public ContainerSpec withVariable(String variable, String value) {
    var more = new TreeMap<>(environment);
    more.put(variable, value);
    return new ContainerSpec(
        name,
        image,
        command,
        more,
        labels,
        mounts,
        temporary,
        kernelSettings,
        ports,
        attachments,
        inside,
        limits,
        privileges);
  }

  /// The same with directories in memory and settings of its namespace's kernel side.
  public ContainerSpec withKernelAccess(List<String> directories, Map<String, String> settings) {
    return new ContainerSpec(
        name,
        image,
        command,
        environment,
        labels,
        mounts,
        directories,
        settings,
        ports,
        attachments,
        inside,
        limits,
        privileges);
  }

  /// The same with arguments after the image's entry point.
  public ContainerSpec running(String... arguments) {
    return new ContainerSpec(
        name,
        image,
        List.of(arguments),
        environment,
        labels,
        mounts,
        temporary,
        kernelSettings,
        ports,
        attachments,
        inside,
        limits,
        privileges);
  }

  /// The same in the network namespace of another container.
  public ContainerSpec inside(String container) {
    return new ContainerSpec(
        name,
        image,
        command,
        environment,
        labels,
        mounts,
        temporary,
        kernelSettings,
        List.of(),
        List.of(),
        container,
        limits,
        privileges);
  }
}
