-- What each role may do with the tables. Run by psql as rightswatch_migrate after every `rightswatch migrate`.
\set ON_ERROR_STOP on
GRANT SELECT ON ALL TABLES IN SCHEMA public
    TO rightswatch_worker, rightswatch_editor, rightswatch_retro, rightswatch_reader;
-- Accounts, sessions and keys are nobody's business but the web server's and its commands'.
REVOKE SELECT ON account, account_session, account_key, sign_in_failure,
    notice_destination  -- the addresses are secrets
    FROM rightswatch_worker, rightswatch_retro, rightswatch_reader;

-- rightswatch worker: publishes the watchlist and notes how far.
GRANT UPDATE (published_revision, published_log) ON watchlist_state TO rightswatch_worker;

-- rightswatch web, writer (quarantines) and the commands rights, allow, rules: change the watchlist. Nothing is deleted.
-- What was once recorded stays as it was: only that something newer took its place is written to it.
GRANT INSERT ON watchlist_log, watched_picture, right_history TO rightswatch_editor;
GRANT UPDATE (superseded_by) ON watchlist_log TO rightswatch_editor;
GRANT UPDATE ON reopening_state TO rightswatch_editor;
GRANT INSERT, UPDATE, DELETE ON right_list, right_list_state TO rightswatch_editor;  -- made from the log, again at any time
GRANT UPDATE (revision, published_revision, published_log) ON watchlist_state TO rightswatch_editor;

-- rightswatch web: writes down who did what. Nobody may change an entry; triggers refuse it even to the tables' owner.
GRANT INSERT ON audit_log TO rightswatch_editor;
GRANT UPDATE (sequence, hash) ON audit_state TO rightswatch_editor;

-- rightswatch web: judging. What people did stays as it was; what was told to the other stores goes.
GRANT INSERT ON triage_event TO rightswatch_editor;
GRANT INSERT, UPDATE ON triage_group, triage_lease, triage_shelf TO rightswatch_editor;
GRANT INSERT, UPDATE, DELETE ON triage_outbox, triage_view TO rightswatch_editor;

-- rightswatch web: notices. A removed destination stays as a name without its address; what was told stays.
GRANT INSERT, UPDATE ON notice_destination, notice, notice_try, notice_cursor TO rightswatch_editor;

-- rightswatch web: leads. What happened to one stays in its log.
GRANT INSERT ON lead_event TO rightswatch_editor;
GRANT INSERT, UPDATE ON lead, lead_cursor TO rightswatch_editor;
GRANT INSERT, DELETE ON lead_policy TO rightswatch_editor;

-- rightswatch web and the command accounts. An account is disabled and never deleted, so that its name stays readable.
GRANT INSERT, UPDATE ON account, account_session, account_key TO rightswatch_editor;
GRANT DELETE ON account_session TO rightswatch_editor;
GRANT INSERT, UPDATE, DELETE ON sign_in_failure TO rightswatch_editor;

-- rightswatch web: the calibration that verdicts suggest.
GRANT INSERT, DELETE ON calibration_proposal TO rightswatch_editor;

-- rightswatch retro: keeps how far its sweeps are. (rightswatch pictures and replay read: rightswatch_reader.)
GRANT INSERT, UPDATE, DELETE ON retro_state, retro_right, retro_sweep TO rightswatch_retro;
