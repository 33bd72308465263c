package dev.slipway.engine;

import dev.slipway.engine.Task.Attachment;
import dev.slipway.engine.Task.Container;
import dev.slipway.engine.Task.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads tasks out of the engine's list of them, by hand: with 10,000 dynos a list is 30 MB, and to
/// have its records made by reflection took as long again as all else. What a task does not name is
/// passed over without becoming an object. Used by one thread.
final class TaskParser {
  private final JsonParser json;

  TaskParser(JsonParser json) {
    this.json = json;
  }

  /// Gives each task as it comes.
  ///
  /// @throws IllegalStateException when the answer is no list: no list is not the same as no task
  void each(Consumer<Task> consumer) {
    if (json.nextToken() != JsonToken.START_ARRAY) {
      throw new IllegalStateException("the engine's answer is no list of tasks");
    }
    elements(() -> consumer.accept(task()));
  }

  private Task task() {
    var task = new Draft();
    properties(name -> {
      switch (name) {
        case "CreatedAt" -> task.createdAt = text();
        case "ServiceID" -> task.service = text();
        case "NodeID" -> task.node = text();
        case "DesiredState" -> task.desiredState = text();
        case "Spec" -> spec(task);
        case "Status" -> task.status = status();
        case "NetworksAttachments" -> task.attachments = attachments();
        default -> json.skipChildren();
      }
    });
    return task.task();
  }

  private void spec(Draft task) {
    properties(name -> {
      switch (name) {
        case "ContainerSpec" -> only("Labels", () -> task.labels = labels());
        case "Resources" ->
            only("Reservations", () -> only("MemoryBytes", () -> task.reserved = number()));
        default -> json.skipChildren();
      }
    });
  }

  private Map<String, String> labels() {
    var labels = new HashMap<String, String>();
    properties(name -> labels.put(name, text()));
    return labels;
  }

  private Status status() {
    var status = new StatusDraft();
    properties(name -> {
      switch (name) {
        case "Timestamp" -> status.timestamp = text();
        case "State" -> status.state = text();
        case "Message" -> status.message = text();
        case "Err" -> status.err = textOrNull();
        case "ContainerStatus" -> status.container = container();
        default -> json.skipChildren();
      }
    });
    return status.status();
  }

  private @Nullable Container container() {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      return null;
    }
    var container = new ContainerDraft();
    properties(name -> {
      switch (name) {
        case "ContainerID" -> container.id = text();
        case "ExitCode" -> container.exitCode = (int) number();
        default -> json.skipChildren();
      }
    });
    return new Container(container.id, container.exitCode);
  }

  private List<Attachment> attachments() {
    var attachments = new ArrayList<Attachment>();
    elements(() -> attachments.add(attachment()));
    return attachments;
  }

  private Attachment attachment() {
    var network = new ArrayList<String>(1);
    var addresses = new ArrayList<String>(1);
    properties(name -> {
      switch (name) {
        case "Network" -> only("Spec", () -> only("Name", () -> network.add(text())));
        case "Addresses" -> elements(() -> addresses.add(text()));
        default -> json.skipChildren();
      }
    });
    return new Attachment(network.isEmpty() ? "" : network.getFirst(), addresses);
  }

  /// Has each property of the object at hand read; of what is no object there is none.
  private void properties(Consumer<String> read) {
    if (json.currentToken() == JsonToken.START_OBJECT) {
      for (var name = json.nextName(); name != null; name = json.nextName()) {
        json.nextToken();
        read.accept(name);
      }
    }
  }

  /// Has one property of the object at hand read and passes over the others.
  private void only(String wanted, Runnable read) {
    properties(name -> {
      if (name.equals(wanted)) {
        read.run();
      } else {
        json.skipChildren();
      }
    });
  }

  /// Has each element of the list at hand read; of what is no list there is none.
  private void elements(Runnable read) {
    if (json.currentToken() == JsonToken.START_ARRAY) {
      while (json.nextToken() != JsonToken.END_ARRAY) {
        read.run();
      }
    }
  }

  private String text() {
    return json.getValueAsString("");
  }

  private @Nullable String textOrNull() {
    return json.getValueAsString();
  }

  private long number() {
    return json.getValueAsLong();
  }

  private static final class Draft {
    String createdAt = "";
    String service = "";
    String node = "";
    String desiredState = "";
    Map<String, String> labels = Map.of();
    long reserved;
    Status status = new StatusDraft().status();
    List<Attachment> attachments = List.of();

    Task task() {
      return new Task(
          createdAt, service, node, desiredState, labels, reserved, status, attachments);
    }
  }

  private static final class StatusDraft {
    String timestamp = "";
    String state = "";
    String message = "";
    @Nullable String err;
    @Nullable Container container;

    Status status() {
      return new Status(timestamp, state, message, err, container);
    }
  }

  private static final class ContainerDraft {
    String id = "";
    int exitCode;
  }
}
