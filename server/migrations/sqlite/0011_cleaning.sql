-- What has ended is found by when it did, a few rows at a time.
create index sessions_expires_at on sessions (expires_at);
create index invites_expires_at on invites (expires_at);
