// FreeRADIUS 3.2 as a proxy, set up as for production: the values of Debian's radiusd.conf and mods-available/sql, and of the modules
// only those that the task needs (fewer than Debian enables, which is in its favour).
import { freeradiusMainFile, usualThreads } from '@countersign/testkit/peers/freeradius-main-file.ts';

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

export const radiusdConf = ({ directory, port, secret, homeServer, sql }: ProxySettings): string =>
  freeradiusMainFile({
    directory,
    listen: { address: '127.0.0.1', port },
    callers: { network: '127.0.0.0/8', secret, requireMessageAuthenticator: true },
    threads: usualThreads,
    logsLogins: false,
    passesOnTo: {
      name: 'home',
      address: '127.0.0.1',
      ...homeServer,
      responseSeconds: 20,
      statusCheck: 'none',
      maxOutstanding: 65_536,
    },
    modules: modules(sql),
    sections: sections(sql),
  });

const modules = (sql: SqlSettings | undefined): string => `  expr {
  }
  always reject {
    rcode = reject
  }
${sql ? sqlModule(sql) : ''}`;

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

const sections = (sql: SqlSettings | undefined): string => `  authorize {
${sql ? `    sql\n    if (notfound) {\n      reject\n    }\n` : ''}    update control {
      &Proxy-To-Realm := home
    }
  }
  authenticate {
  }
  post-proxy {
  }
  post-auth {
${sql ? '    sql\n' : ''}  }`;

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
