#!/bin/bash
# User data of a container instance on Amazon Linux 2023. docs/aws.md says how to fill in the values.
set -euo pipefail
REGION=@REGION@
ENDPOINT=@ENDPOINT@
BUCKET=@BUCKET@

dnf install -y docker nodejs24 nodejs24-npm
systemctl enable --now docker

mkdir -p /opt/berth
aws s3 cp "s3://$BUCKET/berth.tar.gz" - --region "$REGION" | tar -xz -C /opt/berth
(cd /opt/berth && npm-24 ci --omit=dev)

METADATA=http://169.254.169.254/latest
token=$(curl -sSf -X PUT "$METADATA/api/token" -H 'X-aws-ec2-metadata-token-ttl-seconds: 60')
metadata() { curl -sSf "$METADATA/meta-data/$1" -H "X-aws-ec2-metadata-token: $token"; }
# Only where the launch template lets instances read their tags (InstanceMetadataTags: enabled).
group=$(metadata tags/instance/aws:autoscaling:groupName || true)

mkdir -p /etc/ecs /var/lib/berth
cat > /etc/ecs/ecs.config <<CONFIG
ECS_CLUSTER=default
ECS_BACKEND_HOST=$ENDPOINT
AWS_DEFAULT_REGION=$REGION
BERTH_JOIN=ec2-identity
ECS_DATADIR=/var/lib/berth
ECS_ENABLE_TASK_IAM_ROLE=true
ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST=true
ECS_AVAILABLE_LOGGING_DRIVERS=["json-file","awslogs","syslog","journald","gelf","fluentd","splunk","none"]
ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE=true
BERTH_AVAILABILITY_ZONE=$(metadata placement/availability-zone)
BERTH_INSTANCE_NAME=$(metadata instance-id)
BERTH_AUTO_SCALING_GROUP=$group
CONFIG

cat > /etc/systemd/system/berth-agent.service <<'UNIT'
[Unit]
Description=Berth's container instance agent
After=docker.service network-online.target
Wants=docker.service network-online.target

[Service]
ExecStart=/usr/bin/node-24 /opt/berth/packages/cli/bin/berth.js agent --config /etc/ecs/ecs.config
Restart=always
RestartSec=5
# The agent's way to say that a restart does not help.
RestartPreventExitStatus=5

[Install]
WantedBy=multi-user.target
UNIT
systemctl enable --now berth-agent
