import { expect } from "vitest";
import { sh, STAY, type Row, type Seen } from "./row.ts";

const IN_A_SUBNET = { awsvpcConfiguration: { subnets: ["subnet-1"] } };

/** How a container is named and reached, and what it reaches. */
export const NETWORK_ROWS: readonly Row[] = [
  {
    field: "networkMode",
    does: "is the engine's bridge where nothing is said",
    main: sh("ls /sys/class/net | grep eth"),
    prints: "eth0",
  },
  {
    field: "networkMode",
    does: "bridge may be said",
    main: sh("ls /sys/class/net | grep eth"),
    task: { networkMode: "bridge" },
    prints: "eth0",
  },
  {
    field: "networkMode",
    does: "host is the network of the instance",
    main: sh("hostname; ls /sys/class/net | grep docker0"),
    task: { networkMode: "host" },
    look: async ({ host, output }) =>
      expect(await output()).toBe(`${await host.run("hostname")}\ndocker0`),
  },
  {
    field: "networkMode",
    does: "none has nothing but itself",
    main: sh("grep -c : /proc/net/dev; grep lo: /proc/net/dev >/dev/null"),
    task: { networkMode: "none" },
    prints: "1",
  },
  {
    field: "networkMode",
    does: "awsvpc is a network of the task's own, in which it is called as its interface",
    main: sh("hostname; ls /sys/class/net | grep eth"),
    task: { networkMode: "awsvpc" },
    network: IN_A_SUBNET,
    prints: /^eni-[0-9a-f]{17}\.berth\.internal\neth0$/,
  },
  {
    field: "networkMode",
    does: "awsvpc lets the containers of a task meet on localhost",
    main: {
      ...sh("until wget -qO- http://localhost/; do sleep 0.2; done"),
      dependsOn: [{ containerName: "side", condition: "START" }],
    },
    beside: [{ name: "side", essential: false }],
    task: { networkMode: "awsvpc" },
    network: IN_A_SUBNET,
    prints: /^berth demo 1 on eni-/,
  },
  {
    field: "networkMode",
    does: "awsvpc takes no port of the instance",
    main: { ...STAY, portMappings: [{ containerPort: 22 }] },
    task: { networkMode: "awsvpc" },
    network: IN_A_SUBNET,
    until: "RUNNING",
    shown: { containers: [{ networkBindings: [], networkInterfaces: [{}] }] },
  },
  {
    field: "systemControls",
    does: "of the network are set in the network of an awsvpc task",
    main: {
      ...sh("cat /proc/sys/net/ipv4/ip_default_ttl"),
      systemControls: [{ namespace: "net.ipv4.ip_default_ttl", value: "42" }],
    },
    task: { networkMode: "awsvpc" },
    network: IN_A_SUBNET,
    prints: "42",
  },
  {
    field: "disableNetworking",
    does: "leaves a container without any network",
    main: { ...sh("ls /sys/class/net | grep -c eth"), disableNetworking: true },
    exitCode: 1,
    prints: "0",
  },
  {
    field: "hostname",
    does: "is what the container calls itself",
    main: { command: ["hostname"], hostname: "till" },
    prints: "till",
  },
  {
    field: "extraHosts",
    does: "are found by name",
    main: {
      ...sh("grep ledger /etc/hosts"),
      extraHosts: [{ hostname: "ledger", ipAddress: "10.1.2.3" }],
    },
    prints: "10.1.2.3\tledger",
  },
  {
    field: "dnsServers",
    does: "are asked for names",
    main: { ...sh("grep ^nameserver /etc/resolv.conf"), dnsServers: ["10.9.8.7", "10.9.8.6"] },
    prints: "nameserver 10.9.8.7\nnameserver 10.9.8.6",
  },
  {
    field: "dnsSearchDomains",
    does: "complete names",
    main: { ...sh("grep ^search /etc/resolv.conf"), dnsSearchDomains: ["a.test", "b.test"] },
    prints: "search a.test b.test",
  },
  {
    field: "portMappings.hostPort",
    does: "of nothing is picked by the instance, and answers",
    main: { portMappings: [{ containerPort: 80 }] },
    until: "RUNNING",
    look: async (seen) => {
      const [binding] = bindings(seen);
      expect(binding).toMatchObject({ bindIP: seen.host.address, containerPort: 80 });
      expect(await pageAt(seen, binding?.hostPort)).toBe(404);
    },
  },
  {
    field: "portMappings.hostPort",
    does: "is the one that is said",
    main: { portMappings: [{ containerPort: 80, hostPort: 18_181 }] },
    until: "RUNNING",
    look: async (seen) => {
      expect(bindings(seen)).toMatchObject([{ containerPort: 80, hostPort: 18_181 }]);
      expect(await pageAt(seen, 18_181)).toBe(404);
    },
  },
  {
    field: "portMappings",
    does: "may be several, of which each answers",
    main: {
      ...sh("httpd -p 80; httpd -p 81; sleep 60"),
      portMappings: [{ containerPort: 80 }, { containerPort: 81 }],
    },
    until: "RUNNING",
    look: async (seen) => {
      const pages = bindings(seen).map(({ hostPort }) => pageAt(seen, hostPort));
      expect(await Promise.all(pages)).toEqual([404, 404]);
    },
  },
  {
    field: "portMappings.protocol",
    does: "udp is published as such",
    main: { ...STAY, portMappings: [{ containerPort: 53, protocol: "udp" }] },
    until: "RUNNING",
    look: (seen) => {
      const [binding] = bindings(seen);
      expect(binding).toMatchObject({ containerPort: 53, protocol: "udp" });
      const published = { HostIp: seen.host.address, HostPort: String(binding?.hostPort) };
      expect(seen.engine.get("main")?.NetworkSettings.Ports).toMatchObject({
        "53/udp": [published],
      });
    },
  },
  {
    field: "portMappings.protocol",
    does: "tcp and udp may share a port",
    main: {
      ...STAY,
      portMappings: [
        { containerPort: 53, hostPort: 18_183, protocol: "tcp" },
        { containerPort: 53, hostPort: 18_183, protocol: "udp" },
      ],
    },
    until: "RUNNING",
    look: (seen) =>
      expect(bindings(seen)).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ hostPort: 18_183, protocol: "tcp" }),
          expect.objectContaining({ hostPort: 18_183, protocol: "udp" }),
        ]),
      ),
  },
  {
    field: "portMappings",
    does: "on the host's network are the container's own",
    main: { ...STAY, portMappings: [{ containerPort: 18_182 }] },
    task: { networkMode: "host" },
    until: "RUNNING",
    look: (seen) => expect(bindings(seen)).toMatchObject([{ hostPort: 18_182 }]),
  },
  {
    field: "portMappings.containerPortRange",
    does: "has adjoining ports of the instance, of which each answers",
    main: {
      ...sh("httpd -p 8080; httpd -p 8081; sleep 60"),
      portMappings: [{ containerPortRange: "8080-8081" }],
    },
    until: "RUNNING",
    look: async (seen) => {
      const [binding] = bindings(seen);
      expect(binding).toMatchObject({ containerPortRange: "8080-8081", protocol: "tcp" });
      const [first = 0, last = 0] = (binding?.hostPortRange ?? "").split("-").map(Number);
      expect(last).toBe(first + 1);
      expect(await Promise.all([pageAt(seen, first), pageAt(seen, last)])).toEqual([404, 404]);
    },
  },
  {
    field: "portMappings.containerPortRange",
    does: "is the same on the host's network",
    main: { ...STAY, portMappings: [{ containerPortRange: "18190-18191" }] },
    task: { networkMode: "host" },
    until: "RUNNING",
    look: (seen) =>
      expect(bindings(seen)).toMatchObject([
        { containerPortRange: "18190-18191", hostPortRange: "18190-18191" },
      ]),
  },
  {
    field: "links",
    does: "reach another container of the task by its name",
    main: { ...sh("wget -qO- http://shop/cgi-bin/index.cgi"), links: ["shop"] },
    beside: [{ name: "shop", essential: false }],
    prints: /^berth demo 1 on /,
  },
  {
    field: "links",
    does: "reach it by another name",
    main: { ...sh("wget -qO- http://store/cgi-bin/index.cgi"), links: ["shop:store"] },
    beside: [{ name: "shop", essential: false }],
    prints: /^berth demo 1 on /,
  },
];

const bindings = ({ task }: Seen) =>
  (task.containers?.find(({ name }) => name === "main")?.networkBindings ?? []).toSorted(
    (a, b) => (a.containerPort ?? 0) - (b.containerPort ?? 0),
  );

/** The status of a page that is not there: a server answered. */
const pageAt = ({ host }: Seen, port: number | undefined): Promise<number> =>
  host.statusAt(port, "/none");
