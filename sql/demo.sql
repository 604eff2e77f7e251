-- A training centre to play with: psql -v ON_ERROR_STOP=1 -f demo.sql after install.sql.
-- Harmless to run again: what exists stays as it is.

\set ON_ERROR_STOP on
begin;
set local client_min_messages = warning;
set local role shop_owner;
\ir demo-shop.sql
\ir demo-courses.sql
\ir demo-more.sql
\ir demo-selling.sql
commit;
