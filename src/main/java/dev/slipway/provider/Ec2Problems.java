package dev.slipway.provider;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

/// Says in words what AWS answers with a code.
final class Ec2Problems {
  private static final String CREDENTIALS =
      "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this machine a role."
          + " With sudo: sudo --preserve-env=AWS_PROFILE ./slipway ...";

  private Ec2Problems() {}

  /// Asks AWS.
  ///
  /// @throws UserError with what AWS answers, if it refuses
  static <T> T ask(Supplier<T> question) {
    try {
      return question.get();
    } catch (AwsServiceException e) {
      throw explained(e);
    } catch (SdkClientException e) {
      throw explained(e);
    }
  }

  static boolean isCalled(AwsServiceException e, String code) {
    return code.equals(code(e));
  }

  /// The JDK's HTTP client keeps the body of a 401 to itself.
  private static @Nullable String code(AwsServiceException e) {
    var told = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorCode();
    return told == null && e.statusCode() == 401 ? "AuthFailure" : told;
  }

  static UserError explained(AwsServiceException e) {
    var code = code(e);
    var why = e.awsErrorDetails() == null ? e.getMessage() : e.awsErrorDetails().errorMessage();
    return switch (code == null ? "" : code) {
      case "UnauthorizedOperation" ->
          told(
              ErrorCode.FORBIDDEN,
              "AWS does not let these credentials do that",
              why,
              "docs/reference/hosts.md lists what they need; an administrator of the account gives"
                  + " it.");
      case "AuthFailure",
          "InvalidClientTokenId",
          "SignatureDoesNotMatch",
          "UnrecognizedClientException" ->
          told(ErrorCode.UNAUTHORIZED, "AWS does not know these credentials", why, CREDENTIALS);
      case "ExpiredToken", "ExpiredTokenException", "RequestExpired" ->
          told(
              ErrorCode.UNAUTHORIZED,
              "These AWS credentials have expired",
              why,
              "Get new ones, and see that this machine's clock is right.");
      case "InsufficientInstanceCapacity", "InsufficientHostCapacity", "Unsupported" ->
          told(
              ErrorCode.UNAVAILABLE,
              "AWS has no machine of that type there now",
              why,
              "Try later, or another --type, or a --subnet in another zone.");
      case "InstanceLimitExceeded", "VcpuLimitExceeded", "MaxSpotInstanceCountExceeded" ->
          told(
              ErrorCode.UNAVAILABLE,
              "The account may not have more machines",
              why,
              "Ask AWS for a higher quota.");
      case "IdempotentParameterMismatch" ->
          told(
              ErrorCode.CONFLICT,
              "An earlier command asked for that machine with other options",
              why,
              "Give the same ones as then; or take it back by `./slipway hosts destroy`.");
      case "RequestLimitExceeded", "Throttling" ->
          told(
              ErrorCode.RATE_LIMIT,
              "AWS takes no more requests from this account now",
              why,
              "Run this again in some minutes.");
      case "InvalidInstanceType",
          "InvalidParameterValue",
          "InvalidAMIID.NotFound",
          "InvalidAMIID.Malformed",
          "InvalidSubnetID.NotFound",
          "InvalidSubnetId.Malformed" ->
          told(ErrorCode.INVALID_PARAMS, "AWS does not know that", why, "Look at the options.");
      default ->
          told(
              ErrorCode.UNAVAILABLE,
              "AWS refuses" + (code == null ? ", status " + e.statusCode() : ": " + code),
              why,
              "When that is mended, run this again.");
    };
  }

  /// What never reached AWS, or whose answer never came back.
  static UserError explained(SdkClientException e) {
    var why = String.valueOf(e.getMessage());
    return why.contains("credentials")
        ? told(ErrorCode.UNAUTHORIZED, "There are no AWS credentials", firstWords(why), CREDENTIALS)
        : told(
            ErrorCode.UNAVAILABLE,
            "AWS can't be reached",
            firstWords(why),
            "Check the region's name and this machine's way outside, and run this again.");
  }

  /// The SDK lists every place where it has looked, in one line.
  private static String firstWords(String text) {
    return text.length() > 300 ? text.substring(0, 300) + " ..." : text;
  }

  private static UserError told(ErrorCode code, String what, @Nullable String why, String hint) {
    return new UserError(new Problem(code, what, why, hint));
  }
}
