package dev.slipway.addons;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.util.List;
import java.util.stream.Collectors;

/// A kind of add-on.
///
/// @param name Heroku calls it slug, such as `slipway-secret`
/// @param attachment what an attachment is called when nobody says, such as `SECRET`
/// @param configVars what may come after the attachment's name
/// @param plans the first is taken when nobody says
public record Service(
    String name,
    String humanName,
    String description,
    String attachment,
    List<String> configVars,
    List<Plan> plans) {
  /// Copies the lists.
  public Service {
    configVars = List.copyOf(configVars);
    plans = List.copyOf(plans);
  }

  /// The full name of one of its plans, such as `slipway-secret:weekly`.
  public String nameOf(Plan plan) {
    return name + ":" + plan.name();
  }

  /// Its plan of that name, full or within the service.
  ///
  /// @throws UserError not_found, when it has none such
  public Plan plan(String name) {
    return plans.stream()
        .filter(plan -> plan.name().equals(name) || nameOf(plan).equals(name))
        .findFirst()
        .orElseThrow(() ->
            new UserError(
                new Problem(
                    ErrorCode.NOT_FOUND,
                    "Couldn't find that plan of " + this.name,
                    "its plans are "
                        + plans.stream().map(this::nameOf).collect(Collectors.joining(", ")),
                    "heroku addons:plans " + this.name)));
  }
}
