package dev.slipway.core;

/// Thrown when a request can't be met for a reason that its sender can act on. Shown as its
/// problem, without a stack trace; anything else that is thrown is a bug.
public final class UserError extends RuntimeException {
  private final transient Problem problem;

  /// Wraps the problem.
  public UserError(Problem problem) {
    super(problem.sentence());
    this.problem = problem;
  }

  /// Wraps the problem and keeps what led to it for the verbose trace.
  public UserError(Problem problem, Throwable cause) {
    super(problem.sentence(), cause);
    this.problem = problem;
  }

  /// A problem whose one sentence says it all.
  public static UserError of(ErrorCode code, String what) {
    return new UserError(Problem.of(code, what));
  }

  /// What to tell the person.
  public Problem problem() {
    return problem;
  }
}
