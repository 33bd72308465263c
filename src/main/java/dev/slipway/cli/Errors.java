package dev.slipway.cli;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.util.HexFormat;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Tells a person what went wrong: what, why, and what to do next. The only place in the command
/// that does.
final class Errors {
  private Errors() {}

  /// Writes the error and gives the exit code that belongs to it.
  ///
  /// @param verbose whether to write the whole trace too
  static int tell(Throwable failure, PrintStream err, boolean verbose) {
    var problem =
        failure instanceof UserError known ? known.problem() : internal(failure, err, verbose);
    err.println(problem.told());
    if (verbose) {
      failure.printStackTrace(err);
    }
    return problem.code().exitCode();
  }

  /// For arguments that picocli does not understand.
  static int onWrongArguments(ParameterException wrong, String[] arguments) {
    var line = wrong.getCommandLine();
    System.err.println("slipway: " + wrong.getMessage());
    if (!UnmatchedArgumentException.printSuggestions(wrong, line.getErr())) {
      System.err.println("Next: `./slipway help " + commandName(line.getCommandName()) + "`");
    }
    return ErrorCode.INVALID_PARAMS.exitCode();
  }

  private static String commandName(String name) {
    return name.equals("slipway") ? "" : name;
  }

  private static Problem internal(Throwable failure, PrintStream err, boolean verbose) {
    var bytes = new byte[4];
    new SecureRandom().nextBytes(bytes);
    var id = HexFormat.of().formatHex(bytes);
    if (!verbose) {
      err.println(failure.getClass().getName() + " [" + id + "]");
    }
    return new Problem(
        ErrorCode.INTERNAL,
        "Internal error " + id,
        failure.getMessage(),
        "This is a bug of ours. The same command with --verbose shows where it happened.");
  }
}
