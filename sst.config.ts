/// <reference path="./.sst/platform/config.d.ts" />

/**
 * Berth on AWS. The SST command reads it, and refuses imports up here: what is deployed is in
 * `stacks/`.
 *
 * @public
 */
export default $config({
  app: ({ stage }) => ({
    name: "berth",
    home: "aws",
    removal: stage === "production" ? "retain" : "remove",
    protect: stage === "production",
  }),
  async run() {
    const { applyDefaults } = await import("./stacks/defaults.ts");
    const { state } = await import("./stacks/state.ts");
    const { queues } = await import("./stacks/queues.ts");
    const { eventBus, events } = await import("./stacks/events.ts");
    const { agentSockets, agents } = await import("./stacks/agents.ts");
    const { keys } = await import("./stacks/keys.ts");
    const { edge } = await import("./stacks/edge.ts");
    const { api } = await import("./stacks/api.ts");
    const { controllers } = await import("./stacks/controllers.ts");
    const { scaling } = await import("./stacks/scaling.ts");
    const { alarms } = await import("./stacks/alarms.ts");
    const { dashboard } = await import("./stacks/dashboard.ts");
    const { devTabs } = await import("./stacks/dev.ts");

    applyDefaults();
    const sockets = agentSockets();
    const stores = { ...state(), queues: queues() };
    const bus = eventBus();
    const parts = edge({ ...stores, sockets, bus, keys: keys() });
    const http = api(parts);
    const { instanceEvents, instanceEventsDeadLetters } = scaling(parts);
    const { changeEvents, changeEventsDeadLetters } = events(parts, stores.table);
    const functions = [
      http.apiFunction,
      http.referenceFunction,
      agents(parts),
      ...controllers(parts),
      instanceEvents,
      changeEvents,
    ];
    const watched = {
      ...stores,
      functions,
      instanceEventsDeadLetters,
      changeEvents,
      changeEventsDeadLetters,
      httpApi: http.httpApi,
      sockets,
    };
    const { topic } = alarms(watched);
    dashboard(watched);
    devTabs(parts, http.httpApi);

    return {
      endpoint: http.httpApi.url,
      agentEndpoint: sockets.agentEndpoint,
      events: bus.name,
      alarms: topic.arn,
    };
  },
});
