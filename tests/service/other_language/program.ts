// SPDX-License-Identifier: Apache-2.0
//
// Lists scenarios, keeps one, starts a run and watches it, with the client that was generated from
// the service's own description. What it finds it writes as one line of JSON.

import { client } from "./generated/client.gen.js";
import * as api from "./generated/sdk.gen.js";
import type { ScenarioSource } from "./generated/types.gen.js";

const [url, token] = process.argv.slice(2);
if (!url || !token) {
  throw new Error("usage: program URL TOKEN");
}
client.setConfig({ baseUrl: url, headers: { "X-Auth-Token": token } });

const source: ScenarioSource = {
  text: "scenario: typed\nvariables: {size: 1500}\nnetworks: {blue: {mtu: '${var.size}'}}\n",
  files: {},
  variables: { size: 1400 },
};

const before = await api.listScenarios({ throwOnError: true });
const checked = await api.validateScenario({ body: source, throwOnError: true });
const made = await api.createScenario({ body: { source, tags: ["typed"] }, throwOnError: true });
const again = await api.createScenario({ body: { source } });
const run = await api.createRun({
  body: { scenario_id: made.data.id, auto_approve: true },
  headers: { "Idempotency-Key": "typed-1" },
  throwOnError: true,
});
const acted = await api.actOnRun({
  path: { run_id: run.data.id },
  body: { cancel: {} },
  throwOnError: true,
});
const events = await api.listRunEvents({ path: { run_id: run.data.id }, throwOnError: true });
const after = await api.listScenarios({ query: { tags: ["typed"] }, throwOnError: true });

console.log(
  JSON.stringify({
    before: before.data.scenarios.map((each) => each.name),
    valid: checked.data.is_valid,
    refused: again.error?.errors.map((each) => [each.status, each.code]),
    revision: made.data.revision,
    run: [run.data.scenario_name, run.data.operation, run.data.state],
    state: acted.data.state,
    events: events.data.events.map((each) => (each.type === "job_state" ? each.state : each.type)),
    after: after.data.scenarios.map((each) => each.name),
  }),
);
