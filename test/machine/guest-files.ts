/** In the guest: the engine's socket, and a shell, for whoever may connect to the host's loopback. */
export const ENGINE_PORT = 2375;
export const SHELL_PORT = 2376;

/** Runs the script that it reads from its input, and says at the end how that went. */
const RUN_SCRIPT = `#!/bin/sh
script=$(mktemp)
cat > "$script"
sh "$script" 2>&1 < /dev/null
printf '\\n%s' "$?"
rm "$script"
`;

/** Until both have said all: the engine answers long after it was asked. */
const RELAY = "/usr/bin/socat -t 86400";

const unit = (what: string, command: string) => `[Unit]
Description=${what}
[Service]
ExecStart=${command}
Restart=always
[Install]
WantedBy=multi-user.target
`;

/** What is not of Debian's packages. The engine is left as Debian sets it up. */
export const GUEST_FILES: Readonly<Record<string, string>> = {
  "/etc/hostname": "machine\n",
  "/etc/resolv.conf": "nameserver 10.0.2.3\n",
  "/etc/fstab": "/dev/vda / ext4 rw 0 0\n",
  "/etc/systemd/network/user-mode.network": "[Match]\nName=en*\n[Network]\nDHCP=ipv4\n",
  "/etc/systemd/system/engine-relay.service": unit(
    "Docker's socket on TCP",
    `${RELAY} TCP-LISTEN:${ENGINE_PORT},fork,reuseaddr UNIX-CONNECT:/run/docker.sock`,
  ),
  "/etc/systemd/system/shell-relay.service": unit(
    "A shell on TCP",
    `${RELAY} TCP-LISTEN:${SHELL_PORT},fork,reuseaddr EXEC:"/bin/sh /usr/local/lib/run-script"`,
  ),
  "/usr/local/lib/run-script": RUN_SCRIPT,
};

export const GUEST_UNITS = ["systemd-networkd", "engine-relay", "shell-relay"];
