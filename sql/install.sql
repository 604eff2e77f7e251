-- Installs or upgrades the schema "shop" in the current database: psql -v ON_ERROR_STOP=1 -f install.sql
-- Harmless to run again; one transaction, all or nothing. Needs the right to create roles.

\set ON_ERROR_STOP on
begin;
set local client_min_messages = warning;
select pg_advisory_xact_lock(hashtextextended('shop.install', 0)) \g /dev/null
\ir 00-roles.sql
\ir 01-describe.sql
\ir 10-shops.sql
\ir 11-catalogs.sql
\ir 12-trade.sql
\ir 13-orders.sql
\ir 14-payments.sql
\ir 15-production.sql
\ir 16-service.sql
\ir 17-selling.sql
\ir 18-holdings.sql
\ir 19-front.sql
\ir 20-common.sql
\ir 21-snapshot.sql
\ir 22-flow.sql
\ir 23-settle.sql
\ir 24-order-read.sql
\ir 25-place.sql
\ir 26-payments.sql
\ir 27-attempts.sql
\ir 28-orders.sql
\ir 29-customers.sql
\ir 30-jobs.sql
\ir 31-job-records.sql
\ir 32-mails.sql
\ir 33-registrar.sql
\ir 34-housekeeping.sql
\ir 35-reconcile.sql
\ir 36-selling.sql
\ir 37-bill-sums.sql
\ir 38-validity.sql
\ir 39-asks.sql
\ir 40-schedules.sql
\ir 41-slave-items.sql
\ir 42-pages.sql
\ir 43-reminders.sql
\ir 45-messages.sql
\ir 47-refunds.sql
\ir 48-comparison.sql
\ir 50-life.sql
\ir 51-operations.sql
\ir 52-effects.sql
\ir 53-seats.sql
\ir 54-credits.sql
\ir 55-made-sites.sql
\ir 56-lti-access.sql
\ir 57-site-needs.sql
\ir 58-attempts.sql
\ir 60-credit-orders.sql
\ir 61-availability.sql
\ir 90-grants.sql
commit;
