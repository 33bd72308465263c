package dev.slipway.release;

import static java.util.Objects.requireNonNull;

import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import dev.slipway.core.ReleaseVersion;
import dev.slipway.core.Secret;
import dev.slipway.store.Vault;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Reads a release, with its slug, from a row of the store.
final class ReleaseRow {
  private ReleaseRow() {}

  static Release read(ResultSet row, Vault vault) throws SQLException {
    var id = row.getString("id");
    return new Release(
        UUID.fromString(id),
        AppId.of(row.getString("app_id")),
        new ReleaseVersion(row.getInt("version")),
        row.getString("description"),
        ReleaseStatus.valueOf(row.getString("status")),
        slug(row),
        ConfigVarsJson.read(vault.unseal(requireNonNull(row.getBytes("config")), id)),
        AccountId.of(row.getString("account_id")),
        new Secret(row.getString("output_key")),
        Instant.parse(row.getString("created_at")),
        Instant.parse(row.getString("updated_at")));
  }

  private static @Nullable Slug slug(ResultSet row) throws SQLException {
    var id = row.getString("s_id");
    if (id == null) {
      return null;
    }
    return new Slug(
        UUID.fromString(id),
        AppId.of(row.getString("app_id")),
        row.getString("s_commit"),
        row.getString("s_language"),
        SlugJson.read(row.getString("s_processes")),
        Instant.parse(row.getString("s_created_at")));
  }
}
