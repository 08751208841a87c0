import { setAlarmBody } from "@berth/contracts/rest/alarms";
import { deleteAlarm, getAlarm, listAlarms, setAlarm } from "@berth/control-plane/rest/alarms";
import { alarmArn, type Scope } from "@berth/domain/arn";
import { readBody } from "./rest-call.ts";
import { opaque, readPage } from "./rest-page.ts";
import type { RestRequest, RestRoutes } from "./rest-routes.ts";

const nameOf = ({ parameters: { name = "" } }: RestRequest): string => name;

/** Policies name an alarm as CloudWatch's own do. */
const onAlarm = (action: string) => (scope: Scope, request: RestRequest) => ({
  action: `berth:${action}`,
  resources: [alarmArn(scope, nameOf(request))],
});

/** Alarms whose states are set by others than CloudWatch: `/v1/alarms`. */
export const alarmRoutes: RestRoutes = {
  "GET /v1/alarms": {
    kind: "signed",
    access: () => ({ action: "berth:ListAlarms", resources: [] }),
    call: async (context, { parameters }) =>
      opaque(await listAlarms(context, readPage(parameters))),
  },
  "GET /v1/alarms/:name": {
    kind: "signed",
    access: onAlarm("GetAlarm"),
    call: (context, request) => getAlarm(context, nameOf(request)),
  },
  "PUT /v1/alarms/:name": {
    kind: "signed",
    access: onAlarm("SetAlarm"),
    call: (context, request) =>
      setAlarm(context, nameOf(request), readBody(setAlarmBody, request.body)),
  },
  "DELETE /v1/alarms/:name": {
    kind: "signed",
    access: onAlarm("DeleteAlarm"),
    call: (context, request) => deleteAlarm(context, nameOf(request)),
  },
};
