package dev.slipway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/// Every command and option stands in `docs/reference/cli.md`, and no command stands there that is
/// not.
class ReferenceTest {
  private static final Pattern HEADING = Pattern.compile("(?m)^## `(slipway[a-z ]*)`$");

  private final String reference = read();

  @Test
  void everyCommandHasASectionAndNoOtherHas() {
    var described = new TreeSet<String>();
    HEADING.matcher(reference).results().forEach(heading -> described.add(heading.group(1)));
    var commands = new TreeSet<String>();
    commands().forEach(command -> commands.add(name(command)));
    assertEquals(commands, described);
  }

  @Test
  void everyOptionStandsInItsCommandsSection() {
    var missing = new TreeSet<String>();
    for (var command : commands()) {
      var described = section("All commands") + section("`" + name(command) + "`");
      for (var option : command.getCommandSpec().options()) {
        names(option).stream()
            .filter(name -> !isDescribed(name, described))
            .forEach(name -> missing.add(name(command) + " " + name));
      }
    }
    assertEquals(Set.of(), missing);
  }

  @Test
  void everyDescribedOptionExists() {
    var unknown = new TreeSet<String>();
    for (var command : commands()) {
      var known = command.getCommandSpec().optionsMap().keySet();
      Pattern.compile("(?m)^\\| `(-[a-z-]+)")
          .matcher(section("`" + name(command) + "`"))
          .results()
          .map(row -> row.group(1))
          .filter(option -> !known.contains(option))
          .forEach(option -> unknown.add(name(command) + " " + option));
    }
    assertEquals(Set.of(), unknown);
  }

  private static List<CommandLine> commands() {
    var all = new ArrayList<CommandLine>();
    collect(new CommandLine(new SlipwayCommand()), all);
    return all;
  }

  private static void collect(CommandLine command, List<CommandLine> all) {
    all.add(command);
    command.getSubcommands().values().forEach(each -> collect(each, all));
  }

  private static String name(CommandLine command) {
    return command.getCommandSpec().qualifiedName();
  }

  private static List<String> names(OptionSpec option) {
    return option.hidden() ? List.of() : List.of(option.names());
  }

  private static boolean isDescribed(String option, String section) {
    return Pattern.compile("`" + Pattern.quote(option) + "[` ]").matcher(section).find();
  }

  private String section(String title) {
    var heading = "## " + title + "\n";
    var start = reference.indexOf(heading);
    if (start < 0) {
      return "";
    }
    var end = reference.indexOf("\n## ", start + heading.length());
    return reference.substring(start, end < 0 ? reference.length() : end);
  }

  private static String read() {
    try {
      return Files.readString(Path.of("docs/reference/cli.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
