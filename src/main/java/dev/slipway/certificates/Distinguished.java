package dev.slipway.certificates;

import java.util.ArrayList;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.security.auth.x500.X500Principal;

/// Names of people and organisations in certificates, in OpenSSL's old spelling `/C=US/CN=x`, which
/// Heroku shows.
final class Distinguished {
  private Distinguished() {}

  static String text(X500Principal principal) {
    try {
      var parts = new ArrayList<String>();
      for (var part : new LdapName(principal.getName()).getRdns()) {
        parts.add("/" + part.getType() + "=" + part.getValue());
      }
      return String.join("", List.copyOf(parts));
    } catch (InvalidNameException e) {
      return principal.getName();
    }
  }
}
