/** A call of the Scheduler's API as it is put into a REST request. */
interface Route {
  readonly action: string;
  readonly method: string;
  readonly path: RegExp;
  /** Members by query parameter. */
  readonly query?: Readonly<Record<string, string>>;
}

const schedules = /^\/schedules$/;
const schedule = /^\/schedules\/([^/]+)$/;
const groups = /^\/schedule-groups$/;
const group = /^\/schedule-groups\/([^/]+)$/;
const paging = { NamePrefix: 'NamePrefix', MaxResults: 'MaxResults', NextToken: 'NextToken' };
const ofGroup = { groupName: 'GroupName', clientToken: 'ClientToken' };

const routes: readonly Route[] = [
  { action: 'CreateSchedule', method: 'POST', path: schedule },
  { action: 'UpdateSchedule', method: 'PUT', path: schedule },
  { action: 'GetSchedule', method: 'GET', path: schedule, query: ofGroup },
  { action: 'DeleteSchedule', method: 'DELETE', path: schedule, query: ofGroup },
  {
    action: 'ListSchedules',
    method: 'GET',
    path: schedules,
    query: { ScheduleGroup: 'GroupName', State: 'State', ...paging },
  },
  { action: 'GetScheduleGroup', method: 'GET', path: group },
  { action: 'ListScheduleGroups', method: 'GET', path: groups, query: paging },
  { action: 'CreateScheduleGroup', method: 'POST', path: group },
  { action: 'DeleteScheduleGroup', method: 'DELETE', path: group, query: ofGroup },
];
const numbers: ReadonlySet<string> = new Set(['MaxResults']);

/** The call of the Scheduler's API that a request is (REST with JSON bodies), or undefined when it is none. */
export function schedulerCall(request: {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
}): { readonly action: string; readonly members: Readonly<Record<string, unknown>> } | undefined {
  for (const { action, method, path, query = {} } of routes) {
    const match = method === request.method ? path.exec(request.path) : null;
    if (!match) continue;
    const [, name] = match;
    const members = Object.entries(query).flatMap(([parameter, member]) => {
      const value = request.query.get(parameter);
      return value === null ? [] : [[member, numbers.has(member) ? Number(value) : value]];
    });
    return {
      action,
      members: {
        ...Object.fromEntries(members),
        ...(name === undefined ? {} : { Name: decodeURIComponent(name) }),
      },
    };
  }
  return undefined;
}
