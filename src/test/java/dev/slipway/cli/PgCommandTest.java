package dev.slipway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/// What follows `slipway pg`.
class PgCommandTest {
  private final CommandLine pg = new CommandLine(new PgCommand());

  @Test
  void whatIsACommandOfItsOwnNeedsNoWordBeforeIt() {
    var backups = pg.parseArgs("backups", "list", "-a", "shop");
    assertEquals("backups", backups.subcommand().commandSpec().name());
    var restore = pg.parseArgs("restore", "--at", "2026-12-01T03:00:00Z", "-a", "shop");
    assertEquals("restore", restore.subcommand().commandSpec().name());
  }

  @Test
  void withoutAWordNothingIsAsked() {
    pg.parseArgs();
    PgCommand command = pg.getCommand();
    assertThrows(CommandLine.ParameterException.class, command::call);
  }
}
