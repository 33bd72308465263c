package dev.slipway.apps;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What an app can have beyond the usual, under Heroku's name for it where Heroku has it. Some that
/// are a choice on Heroku are how it is here.
public enum AppFeature {
  /// A browser's requests go to the dyno that answered its first one.
  HTTP_SESSION_AFFINITY(
      "HTTP session affinity",
      "Send a browser's requests to the dyno that answered its first one",
      "session-affinity",
      true,
      true),

  /// New dynos are up before old ones end.
  PREBOOT(
      "Preboot",
      "Start new web dynos before the old ones stop: here every rollout does",
      "preboot",
      true,
      false),

  /// Dynos are told their app and release.
  RUNTIME_DYNO_METADATA(
      "Dyno metadata",
      "Tell dynos their app and release by HEROKU_ variables: here all dynos are told",
      "dyno-metadata",
      false,
      false),

  /// Terminals of attached commands come by SSH, which tells when a window changes its size.
  RUN_OVER_SSH(
      "Run over SSH",
      "Attach the terminals of heroku run by this machine's ssh, which tells a window's new size",
      "one-off-dynos",
      false,
      true);

  private final String title;
  private final String description;
  private final String article;
  private final boolean general;
  private final boolean choice;

  AppFeature(String title, String description, String article, boolean general, boolean choice) {
    this.title = title;
    this.description = description;
    this.article = article;
    this.general = general;
    this.choice = choice;
  }

  /// The feature of that name, such as `http-session-affinity`.
  public static Optional<AppFeature> of(String label) {
    return Arrays.stream(values()).filter(each -> each.label().equals(label)).findFirst();
  }

  /// Its name, which is Heroku's where Heroku has it.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Its name for people.
  public String title() {
    return title;
  }

  /// What it does, in one sentence.
  public String description() {
    return description;
  }

  /// The article of Heroku's that explains it, or what it is about.
  public String article() {
    return article;
  }

  /// Whether `heroku features` shows it; `heroku labs` shows the others.
  public boolean isGeneral() {
    return general;
  }

  /// Whether it can be had or left; what is no choice is always on.
  public boolean isChoice() {
    return choice;
  }
}
