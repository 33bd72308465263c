package dev.slipway.postgres;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What pgBackRest tells of a repository.
///
/// @param all its backups, oldest first, the damaged ones too
record RepositoryContents(List<Entry> all) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// pgBackRest's status of a repository for any reason that has no number of its own.
  private static final int UNREADABLE = 99;

  /// @param damaged whether pages were found in it whose checksums are wrong
  record Entry(BackupServers.Stored stored, boolean damaged) {}

  RepositoryContents {
    all = List.copyOf(all);
  }

  /// Reads what `pgbackrest info --output=json` says, after the warnings that come first. It ends
  /// well, and names no backups, where a repository can't be read.
  ///
  /// @throws IllegalStateException where that is so
  static RepositoryContents of(String said) {
    var all = new ArrayList<Entry>();
    for (var repository : JSON.readTree(said.substring(Math.max(0, said.indexOf('['))))) {
      requireRead(repository);
      for (var each : repository.path("backup")) {
        var stored =
            new BackupServers.Stored(
                each.path("label").asString(""),
                each.path("info").path("size").asLong(0),
                each.path("info").path("repository").path("delta").asLong(0));
        all.add(new Entry(stored, each.path("error").asBoolean(false)));
      }
    }
    return new RepositoryContents(all);
  }

  private static void requireRead(JsonNode stanza) {
    for (var repository : stanza.path("repo")) {
      var status = repository.path("status");
      if (status.path("code").asInt(0) == UNREADABLE) {
        throw new IllegalStateException(
            "the repository can't be read: " + status.path("message").asString(""));
      }
    }
  }

  /// Those that can be believed.
  List<BackupServers.Stored> whole() {
    return all.stream().filter(each -> !each.damaged()).map(Entry::stored).toList();
  }

  /// The backup that was taken since the repository was as it was before.
  ///
  /// @throws IllegalStateException where there is none, or it is damaged
  BackupServers.Stored taken(RepositoryContents before) {
    var had = before.all().stream().map(each -> each.stored().label()).toList();
    if (all.isEmpty() || had.contains(all.getLast().stored().label())) {
      throw new IllegalStateException("there is no new backup in the repository");
    }
    if (all.getLast().damaged()) {
      throw new IllegalStateException("pages of the database have wrong checksums");
    }
    return all.getLast().stored();
  }
}
