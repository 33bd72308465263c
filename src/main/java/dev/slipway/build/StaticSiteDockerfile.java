package dev.slipway.build;

import tools.jackson.databind.JsonNode;

/// Writes the Dockerfile of a static site. All sites share the layer with Nginx; the settings that
/// `static.json` may carry are those most in use: `clean_urls` and a catch-all route to a page.
final class StaticSiteDockerfile {
  private static final String TEXT =
      """
      # Made by Slipway for a static site. To change it, commit a Dockerfile of your own.
      FROM debian:trixie-slim AS nginx
      RUN apt-get update \\
       && apt-get install -y --no-install-recommends nginx-light \\
       && rm -rf /var/lib/apt/lists/* \\
       && useradd --home-dir /app --create-home --uid 1000 app

      FROM nginx
      WORKDIR /app
      ENV HOME=/app
      COPY --link --chmod=755 <<'SERVE' /usr/local/bin/serve
      #!/bin/sh
      # Serves the site on $PORT.
      set -eu
      cat > /tmp/nginx.conf <<CONF
      pid /tmp/nginx.pid;
      error_log stderr warn;
      worker_processes 2;
      events { worker_connections 1024; }
      http {
        include /etc/nginx/mime.types;
        default_type application/octet-stream;
        access_log off;
        sendfile on;
        gzip on;
        gzip_types text/css application/javascript application/json image/svg+xml;
        port_in_redirect off;
        absolute_redirect off;
        client_body_temp_path /tmp/body;
        proxy_temp_path /tmp/proxy;
        fastcgi_temp_path /tmp/fastcgi;
        uwsgi_temp_path /tmp/uwsgi;
        scgi_temp_path /tmp/scgi;
        server {
          listen ${PORT:-5000};
          root /app/ROOT;
          location ~ /\\\\.(?!well-known/) { return 404; }
          location / { try_files TRIED; }
        }
      }
      CONF
      exec nginx -e stderr -c /tmp/nginx.conf -g 'daemon off;'
      SERVE
      COPY --link --chown=1000:1000 . /app
      USER app
      CMD ["serve"]
      """;

  private StaticSiteDockerfile() {}

  static String of(String folder, JsonNode settings) {
    return TEXT.replace("/app/ROOT", folder.equals(".") ? "/app" : "/app/" + folder)
        .replace("TRIED", tried(settings));
  }

  private static String tried(JsonNode settings) {
    var clean = settings.path("clean_urls").asBoolean(false) ? " \\$uri.html" : "";
    var page = settings.path("routes").path("/**").asString("");
    var last = page.matches("[A-Za-z0-9._/-]+") ? "/" + page.replaceAll("^/+", "") : "=404";
    return "\\$uri" + clean + " \\$uri/ " + last;
  }
}
