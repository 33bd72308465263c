package dev.slipway.objects;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

/// Says in words what a store answers with a code, or why it does not answer.
final class StoreProblems {
  private static final String KEYS =
      "Look at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or at what was typed.";
  private static final String AGAIN = "When that is mended, run this again.";

  private StoreProblems() {}

  /// @param action what is tried, such as `write to`
  static <T> T ask(StorePlace place, String action, Supplier<T> question) {
    try {
      return question.get();
    } catch (AwsServiceException e) {
      throw new UserError(refused(place, action, e), e);
    } catch (SdkClientException e) {
      throw new UserError(unreached(place, e), e);
    }
  }

  private static Problem refused(StorePlace place, String action, AwsServiceException e) {
    var told = e.awsErrorDetails();
    var code = told == null || told.errorCode() == null ? "" : told.errorCode();
    var why = told == null ? "it answers " + e.statusCode() : told.errorMessage();
    return switch (code) {
      case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken" ->
          new Problem(
              ErrorCode.UNAUTHORIZED,
              "The store at " + place.endpoint() + " does not know this key",
              why,
              KEYS);
      case "NoSuchBucket" ->
          new Problem(
              ErrorCode.NOT_FOUND,
              "There is no bucket " + place.bucket() + " at " + place.endpoint(),
              why,
              "Make it there first; Slipway makes none.");
      case "PermanentRedirect",
          "AuthorizationHeaderMalformed",
          "IllegalLocationConstraintException" ->
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "The bucket " + place.bucket() + " is not in " + place.region(),
              why,
              "--region takes the name of its own");
      case "RequestTimeTooSkewed" ->
          new Problem(
              ErrorCode.UNAVAILABLE,
              "The store takes this machine's clock for wrong",
              why,
              "./slipway doctor compares it with others'.");
      default ->
          e.statusCode() == 403 || e.statusCode() == 401
              ? new Problem(
                  ErrorCode.FORBIDDEN,
                  "This key may not " + action + " " + place.url(),
                  why,
                  "docs/reference/stores.md lists what it needs.")
              : new Problem(
                  ErrorCode.UNAVAILABLE,
                  "The store did not let us " + action + " " + place.url(),
                  (code.isEmpty() ? "" : code + ": ") + why,
                  AGAIN);
    };
  }

  private static Problem unreached(StorePlace place, SdkClientException e) {
    var endpoint = place.endpoint();
    return switch (root(e)) {
      case UnknownHostException _ ->
          unavailable("There is no host " + endpoint.getHost(), null, "--endpoint takes another");
      case SSLException tls ->
          unavailable(
              "The store at " + endpoint + " does not show a certificate that is trusted",
              tls.getMessage(),
              "--authority FILE names the authority that signed it; or is it http, not https?");
      case SocketTimeoutException _ ->
          unavailable("The store at " + endpoint + " does not answer", "it is silent", AGAIN);
      case ConnectException refused ->
          unavailable(
              "The store at " + endpoint + " can't be reached", refused.getMessage(), AGAIN);
      case NoRouteToHostException none ->
          unavailable("The store at " + endpoint + " can't be reached", none.getMessage(), AGAIN);
      case Throwable other when String.valueOf(e.getMessage()).contains("credentials") ->
          new Problem(
              ErrorCode.UNAUTHORIZED,
              "This machine has no role, and no key was given",
              other.getMessage(),
              "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a role.");
      case Throwable other ->
          unavailable("The store at " + endpoint + " can't be asked", other.getMessage(), AGAIN);
    };
  }

  private static Throwable root(Throwable e) {
    var root = e;
    for (var cause = e.getCause(); cause != null; cause = cause.getCause()) {
      root = cause;
      // What is below it says less: that a certificate's path has an end, for one.
      if (root instanceof SSLException) {
        return root;
      }
    }
    return root;
  }

  private static Problem unavailable(String what, @Nullable String why, String hint) {
    return new Problem(ErrorCode.UNAVAILABLE, what, why, hint);
  }
}
