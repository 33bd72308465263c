-- Answers "what is each app's current release, and does it hold code" without reading config vars.
CREATE INDEX releases_current ON releases (app_id, version, status, slug_id, created_at);
