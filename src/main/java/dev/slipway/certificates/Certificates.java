package dev.slipway.certificates;

import dev.slipway.apps.AppEvent;
import dev.slipway.apps.AppEvent.Action;
import dev.slipway.apps.Apps;
import dev.slipway.apps.Domain;
import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.store.Store;
import dev.slipway.store.Vault;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The certificates of all apps. A key is sealed before it is written, and unsealed for a router
/// alone. Thread-safe.
public final class Certificates {
  private static final int MOST = 100;
  private static final List<String> WORDS =
      List.of(
          "akita", "bergen", "cadiz", "dakar", "essen", "fukui", "genoa", "haifa", "izmir", "kobe",
          "lagos", "malmo", "nantes", "osaka", "porto", "quito", "riga", "split", "turku", "vigo");

  private final Store store;
  private final CertificateStore rows;
  private final Vault vault;
  private final Apps apps;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  /// Certificates kept in the store, their keys sealed by the vault.
  public Certificates(Store store, Vault vault, Apps apps, Clock clock) {
    this.store = store;
    this.rows = new CertificateStore(store);
    this.vault = vault;
    this.apps = apps;
    this.clock = clock;
  }

  /// The app's certificates, by name.
  public List<Certificate> list(AppId app) {
    return rows.of(app);
  }

  /// The app's certificate of that name or id.
  ///
  /// @throws UserError not_found, when the app has no such one
  public Certificate get(AppId app, String nameOrId) {
    return find(list(app), nameOrId);
  }

  /// Adds a certificate under a name of our choice.
  ///
  /// @throws UserError invalid_params, when it can't be served, or the app has it or many already
  public Certificate add(AppId app, String chain, Secret key) {
    var keyed = KeyedCertificate.parse(chain, key, clock.instant());
    var added =
        store.inTransaction(db -> {
          var others = rows.of(db, app);
          requireNew(others, keyed);
          return write(db, UUID.randomUUID(), app, freeName(others), keyed, now());
        });
    apps.events().happened(AppEvent.of(app, Action.CREATE, added));
    return added;
  }

  /// Puts another certificate in place of one; domains that it was chosen for keep it.
  ///
  /// @throws UserError invalid_params, when it can't be served, or is not for a domain that the old
  ///   one was chosen for
  public Certificate update(AppId app, String nameOrId, String chain, Secret key) {
    var keyed = KeyedCertificate.parse(chain, key, clock.instant());
    var updated =
        store.inTransaction(db -> {
          var old = find(rows.of(db, app), nameOrId);
          requireCoversChosen(old, keyed, apps.domains().list(db, app));
          return write(db, old.id(), app, old.name(), keyed, old.createdAt());
        });
    apps.events().happened(AppEvent.of(app, Action.UPDATE, updated));
    return updated;
  }

  /// Removes a certificate, and gives what was removed. Domains that it served are served with
  /// another of the app that is for them, if there is one.
  public Certificate remove(AppId app, String nameOrId) {
    var certificate = get(app, nameOrId);
    rows.delete(certificate.id());
    apps.events().happened(AppEvent.of(app, Action.DESTROY, certificate));
    return certificate;
  }

  /// Chooses the certificate that a domain, by host name or id, is served with.
  ///
  /// @param nameOrId null for the best of the app
  /// @throws UserError invalid_params, when the certificate is not for the domain's name
  public Domain choose(AppId app, String domain, @Nullable String nameOrId) {
    var changed =
        store.inTransaction(db -> {
          var chosenFor = apps.domains().get(db, app, domain);
          if (nameOrId == null) {
            return apps.domains().chooseCertificate(db, chosenFor, null);
          }
          var certificate = find(rows.of(db, app), nameOrId);
          requireFor(chosenFor.hostname(), certificate);
          return apps.domains().chooseCertificate(db, chosenFor, certificate.id());
        });
    apps.events().happened(AppEvent.of(app, Action.UPDATE, changed));
    return changed;
  }

  /// Checks that the app's certificate of that name is for the host.
  ///
  /// @throws UserError not_found or invalid_params
  public void require(AppId app, String hostname, String nameOrId) {
    requireFor(hostname, get(app, nameOrId));
  }

  private static void requireFor(String hostname, Certificate certificate) {
    if (!Certificate.covers(certificate.names(), hostname)) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "Certificate " + certificate.name() + " is not for " + hostname,
              "it is for " + String.join(", ", certificate.names()),
              "heroku certs shows the app's certificates"));
    }
  }

  /// The private key of a certificate that is served, as PKCS #8 in Base64, with the chain as PEM.
  public Optional<Served> served(String fingerprint) {
    return rows.byFingerprint(
        fingerprint,
        (certificate, sealedKey) ->
            new Served(
                certificate.chain(), new Secret(vault.unseal(sealedKey, owner(certificate.id())))));
  }

  /// What a router needs to serve a certificate.
  ///
  /// @param chain PEM
  /// @param key PKCS #8 in Base64
  public record Served(String chain, Secret key) {}

  private Certificate write(
      Handle db, UUID id, AppId app, String name, KeyedCertificate keyed, Instant createdAt) {
    var chain = keyed.chain();
    var certificate =
        new Certificate(
            id,
            app,
            name,
            chain.pem(),
            chain.fingerprint(),
            chain.names(),
            chain.endsAt(),
            createdAt,
            now());
    rows.write(db, certificate, vault.seal(keyed.privateKey().reveal(), owner(id)));
    return certificate;
  }

  private static void requireNew(List<Certificate> others, KeyedCertificate keyed) {
    var fingerprint = keyed.chain().fingerprint();
    others.stream()
        .filter(each -> each.fingerprint().equals(fingerprint))
        .findFirst()
        .ifPresent(same -> {
          throw UserError.of(
              ErrorCode.INVALID_PARAMS, "The app has this certificate already: " + same.name());
        });
    if (others.size() >= MOST) {
      throw UserError.of(
          ErrorCode.INVALID_PARAMS, "An app can have " + MOST + " certificates at the most.");
    }
  }

  private static void requireCoversChosen(
      Certificate old, KeyedCertificate keyed, List<Domain> domains) {
    var uncovered =
        domains.stream()
            .filter(domain -> old.id().equals(domain.certificate()))
            .map(Domain::hostname)
            .filter(hostname -> !Certificate.covers(keyed.chain().names(), hostname))
            .collect(Collectors.joining(", "));
    if (!uncovered.isEmpty()) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "The new certificate is not for " + uncovered,
              "it is for " + String.join(", ", keyed.chain().names()),
              "heroku certs:add adds it beside the old one"));
    }
  }

  private static Certificate find(List<Certificate> certificates, String nameOrId) {
    return certificates.stream()
        .filter(each -> each.name().equals(nameOrId) || each.id().toString().equals(nameOrId))
        .findFirst()
        .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that SNI endpoint."));
  }

  private String freeName(List<Certificate> others) {
    var taken = others.stream().map(Certificate::name).collect(Collectors.toSet());
    while (true) {
      var name = WORDS.get(random.nextInt(WORDS.size())) + "-" + (10_000 + random.nextInt(90_000));
      if (!taken.contains(name)) {
        return name;
      }
    }
  }

  private static String owner(UUID id) {
    return "certificate:" + id;
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }
}
