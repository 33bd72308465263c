package dev.slipway.store;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What one transaction changed: SQL statements that each change one row.
///
/// @param statements in the order in which the rows were changed
public record Changes(List<String> statements) {
  /// Copies the list.
  public Changes {
    statements = List.copyOf(statements);
  }

  /// As bytes, for a journal: how many there are, then each with its length in front.
  public byte[] encoded() {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeInt(statements.size());
      for (var statement : statements) {
        var text = statement.getBytes(StandardCharsets.UTF_8);
        out.writeInt(text.length);
        out.write(text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /// Reads what `encoded` gave.
  public static Changes decoded(byte[] bytes) {
    var statements = new ArrayList<String>();
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      for (var left = in.readInt(); left > 0; left--) {
        statements.add(new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Changes(statements);
  }
}
