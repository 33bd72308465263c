package dev.slipway.engine;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Shared objects that are the Swarm's configs, asked for on a manager: Raft keeps them.
public final class SwarmConfigs implements SharedObjects {
  private static final String OUT_OF_DATE = "out of sequence";

  private final DockerApi docker;

  /// Works on the engine behind the API.
  public SwarmConfigs(DockerApi docker) {
    this.docker = docker;
  }

  @Override
  public boolean create(String name, Map<String, String> labels, byte[] data) {
    var body = spec(name, labels, Base64.getEncoder().encodeToString(data));
    try {
      docker.post("/configs/create", body);
      return true;
    } catch (DockerException e) {
      if (e.conflict()) {
        return false;
      }
      throw e;
    }
  }

  /// The engine would take the beginning of an identifier for a name, so that is looked at.
  @Override
  public Optional<SharedObject> find(String name) {
    try {
      return Optional.of(object(docker.get("/configs/" + name)))
          .filter(found -> found.name().equals(name));
    } catch (DockerException e) {
      if (e.notFound()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public List<SharedObject> named(String prefix) {
    var objects = new ArrayList<SharedObject>();
    var filters = DockerApi.filters(Map.of("name", List.of(prefix)));
    docker.get("/configs?" + filters).forEach(found -> objects.add(object(found)));
    objects.removeIf(found -> !found.name().startsWith(prefix));
    objects.sort(Comparator.comparing(SharedObject::name));
    return objects;
  }

  @Override
  public boolean label(SharedObject object, Map<String, String> labels) {
    var path = "/configs/" + object.id() + "/update?version=" + object.version();
    try {
      docker.post(path, spec(object.name(), labels, object.encoded()));
      return true;
    } catch (DockerException e) {
      if (e.notFound() || String.valueOf(e.getMessage()).contains(OUT_OF_DATE)) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void remove(SharedObject object) {
    try {
      docker.delete("/configs/" + object.id());
    } catch (DockerException e) {
      if (!e.notFound()) {
        throw e;
      }
    }
  }

  private static Map<String, Object> spec(String name, Map<String, String> labels, String data) {
    var spec = new LinkedHashMap<String, Object>();
    spec.put("Name", name);
    spec.put("Labels", labels);
    spec.put("Data", data);
    return spec;
  }

  private static SharedObject object(JsonNode found) {
    var spec = found.path("Spec");
    var labels = new HashMap<String, String>();
    spec.path("Labels")
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asString()));
    return new SharedObject(
        found.path("ID").asString(""),
        found.path("Version").path("Index").asLong(),
        spec.path("Name").asString(""),
        labels,
        spec.path("Data").asString(""));
  }
}
