// Routes that are declared and not built yet; each goes from here to its own file, and this file goes with the last.
import { Problem } from '#platform/problem.ts';

const pending = async (): Promise<never> => {
  throw new Problem('route_unknown');
};

export const pendingHandlers = {
  askPhone: pending,
  awaitPhone: pending,
  stepUp: pending,
  changeOwnPassword: pending,
  changeOwnPhone: pending,
  listOwnPasskeys: pending,
  beginOwnPasskey: pending,
  addOwnPasskey: pending,
  deleteOwnPasskey: pending,
  listAdministrators: pending,
  createAdministrator: pending,
  getAdministrator: pending,
  changeAdministrator: pending,
  inviteAdministrator: pending,
  deleteAdministrator: pending,
  listSessionsOfAdministrator: pending,
  endSessionsOfAdministrator: pending,
  getOverview: pending,
  getLoginHistory: pending,
  listNotices: pending,
  streamActivity: pending,
  changeUsers: pending,
  revokeDevicesOfUsers: pending,
  deleteUsers: pending,
  exportAuditEvents: pending,
};
