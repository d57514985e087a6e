// Routes that are declared and not built yet; each goes from here to its own file, and this file goes with the last.
import { Problem } from '#platform/problem.ts';

const pending = async (): Promise<never> => {
  throw new Problem('route_unknown');
};

export const pendingHandlers = {
  getOverview: pending,
  getLoginHistory: pending,
  listNotices: pending,
  streamActivity: pending,
  testLogin: pending,
  exportAuditEvents: pending,
};
