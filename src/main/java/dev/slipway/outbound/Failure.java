package dev.slipway.outbound;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;

/// Why something did not reach its target.
///
/// @param kind one word for programs
/// @param words a few for people; never anything of the URL
public record Failure(String kind, String words) {
  /// Reads what a connection or a request threw.
  public static Failure of(IOException thrown) {
    return switch (thrown) {
      case TargetRefused refused -> new Failure("TargetRefused", refused.why());
      case UnknownHostException _ -> new Failure("UnknownHost", "its name has no address");
      case SocketTimeoutException _ -> new Failure("Timeout", "no answer in time");
      case ConnectException _ -> new Failure("ConnectionRefused", "it refuses connections");
      case SSLException _ -> new Failure("Certificate", "its certificate is not trusted");
      default -> new Failure("ConnectionBroken", "the connection broke, or no answer in time");
    };
  }
}
