// FreeRADIUS 3.2 as a proxy, set up as for production: the values of Debian's radiusd.conf and mods-available/sql, and of the modules
// only those that the task needs (fewer than Debian enables, which is in its favour).

export interface SqlSettings {
  readonly port: number;
  readonly password: string;
  readonly database: string;
  /** Connections: as many as Debian's configuration gives (5 at start, then as threads), or a fixed number. */
  readonly connections: 'default' | number;
}

export interface ProxySettings {
  readonly directory: string;
  readonly port: number;
  readonly secret: string;
  readonly homeServer: { readonly port: number; readonly secret: string };
  /** Looks the user up and records each login there; pure proxying when absent. */
  readonly sql?: SqlSettings | undefined;
}

export const radiusdConf = (settings: ProxySettings): string =>
  [basics(settings), client(settings), proxy(settings), modules(settings), server(settings), ''].join('\n');

/** `max_threads` and all limits are Debian's; only the log goes to standard output and reject_delay is off. */
const basics = ({ directory }: ProxySettings): string => `prefix = /usr
libdir = /usr/lib/freeradius
raddbdir = ${directory}
confdir = ${directory}
run_dir = ${directory}
db_dir = ${directory}
logdir = ${directory}
radacctdir = ${directory}
name = freeradius
max_request_time = 30
cleanup_delay = 5
max_requests = 16384
hostname_lookups = no
proxy_requests = yes
log {
  destination = stdout
  auth = no
  auth_badpass = no
  auth_goodpass = no
}
security {
  allow_core_dumps = no
  max_attributes = 200
  reject_delay = 0
  status_server = yes
}
thread pool {
  start_servers = 5
  max_servers = 32
  min_spare_servers = 3
  max_spare_servers = 10
  max_requests_per_server = 0
  auto_limit_acct = no
}`;

const client = ({ secret }: ProxySettings): string => `client gateways {
  ipaddr = 127.0.0.0/8
  secret = ${secret}
  require_message_authenticator = yes
}`;

const proxy = ({ homeServer }: ProxySettings): string => `proxy server {
  default_fallback = no
}
home_server home {
  type = auth
  ipaddr = 127.0.0.1
  port = ${homeServer.port}
  secret = ${homeServer.secret}
  response_window = 20
  zombie_period = 40
  revive_interval = 120
  status_check = none
  max_outstanding = 65536
}
home_server_pool home {
  type = fail-over
  home_server = home
}
realm home {
  auth_pool = home
  nostrip
}`;

const modules = ({ sql }: ProxySettings): string => `modules {
  expr {
  }
  always reject {
    rcode = reject
  }
${sql ? sqlModule(sql) : ''}}
instantiate {
}`;

const pool = ({ connections }: SqlSettings): string =>
  connections === 'default'
    ? `      start = 5
      min = 3
      max = 32
      spare = 10`
    : `      start = ${connections}
      min = ${connections}
      max = ${connections}
      spare = 0`;

/** The queries are those of Debian's mods-config/sql/main/postgresql/queries.conf. */
const sqlModule = (sql: SqlSettings): string => `  sql {
    dialect = "postgresql"
    driver = "rlm_sql_postgresql"
    postgresql {
      send_application_name = yes
    }
    server = "127.0.0.1"
    port = ${sql.port}
    login = "postgres"
    password = "${sql.password}"
    radius_db = "${sql.database}"
    read_groups = no
    read_profiles = no
    read_clients = no
    authcheck_table = "radcheck"
    postauth_table = "radpostauth"
    sql_user_name = "%{User-Name}"
    pool {
${pool(sql)}
      uses = 0
      retry_delay = 30
      lifetime = 0
      idle_timeout = 60
    }
    authorize_check_query = "\\
      SELECT id, UserName, Attribute, Value, Op \\
      FROM radcheck \\
      WHERE Username = '%{SQL-User-Name}' \\
      ORDER BY id"
    post-auth {
      query = "\\
        INSERT INTO radpostauth (username, pass, reply, authdate) \\
        VALUES('%{User-Name}', '', '%{reply:Packet-Type}', '%S.%M')"
    }
  }
`;

const server = ({ port, sql }: ProxySettings): string => `server default {
  listen {
    type = auth
    ipaddr = 127.0.0.1
    port = ${port}
  }
  authorize {
${sql ? `    sql\n    if (notfound) {\n      reject\n    }\n` : ''}    update control {
      &Proxy-To-Realm := home
    }
  }
  authenticate {
  }
  post-proxy {
  }
  post-auth {
${sql ? '    sql\n' : ''}  }
}`;

/** The two tables of Debian's mods-config/sql/main/postgresql/schema.sql that the queries need, with its indexes, and the users. */
export const radiusTables = (users: readonly string[]): string => `
CREATE TABLE radcheck (
  id serial PRIMARY KEY, UserName text NOT NULL DEFAULT '', Attribute text NOT NULL DEFAULT '',
  op VARCHAR(2) NOT NULL DEFAULT '==', Value text NOT NULL DEFAULT ''
);
CREATE INDEX radcheck_UserName ON radcheck (UserName, Attribute);
CREATE TABLE radpostauth (
  id bigserial PRIMARY KEY, username text NOT NULL, pass text, reply text, CalledStationId text, CallingStationId text,
  authdate timestamp with time zone NOT NULL default now(), Class text
);
CREATE INDEX radpostauth_username_idx ON radpostauth (username);
CREATE INDEX radpostauth_class_idx ON radpostauth (Class);
INSERT INTO radcheck (UserName, Attribute, op, Value) VALUES
${users.map((name) => `('${name}', 'Simultaneous-Use', ':=', '1000')`).join(',\n')};
ANALYZE radcheck;
`;
