package dev.slipway.objects;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// What a store's list tells of an object.
///
/// @param tag of its content; what was written in one piece has its MD5, unless the store encrypts
///   with keys of its own
public record StoredObject(long size, String tag) {
  /// Whether this is surely its content. Where the store does not tell, it is not.
  public boolean has(byte[] content) {
    return size == content.length && tag.replace("\"", "").equals(md5(content));
  }

  private static String md5(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
