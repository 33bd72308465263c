-- Looked up for each open output of a release phase, and for each release that goes with its app.
CREATE INDEX rollouts_of_release ON rollouts (release_id);
