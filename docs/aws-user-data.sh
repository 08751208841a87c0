#!/bin/bash
# User data of a container instance on Amazon Linux 2023, run by cloud-init at its first start.
# docs/aws.md says how to fill in the values.
set -euo pipefail
REGION=@REGION@
ENDPOINT=@ENDPOINT@
BUCKET=@BUCKET@

dnf install -y docker nodejs24
systemctl enable --now docker
# Where the unit looks for it.
ln -sf /usr/bin/node-24 /usr/local/bin/node

fetch() { aws s3 cp "s3://$BUCKET/agent/$1" "$2" --region "$REGION"; }
mkdir -p /usr/local/lib/berth
fetch berth-agent.mjs /usr/local/lib/berth/berth-agent.mjs
fetch berth-agent.service /etc/systemd/system/berth-agent.service

METADATA=http://169.254.169.254/latest
token=$(curl -sSf -X PUT "$METADATA/api/token" -H 'X-aws-ec2-metadata-token-ttl-seconds: 60')
metadata() { curl -sSf "$METADATA/meta-data/$1" -H "X-aws-ec2-metadata-token: $token"; }
# Only where the launch template lets instances read their tags (InstanceMetadataTags: enabled).
group=$(metadata tags/instance/aws:autoscaling:groupName || true)

mkdir -p /etc/ecs
cat > /etc/ecs/ecs.config <<CONFIG
ECS_CLUSTER=default
ECS_BACKEND_HOST=$ENDPOINT
AWS_DEFAULT_REGION=$REGION
BERTH_JOIN=ec2-identity
ECS_ENABLE_TASK_IAM_ROLE=true
ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST=true
ECS_AVAILABLE_LOGGING_DRIVERS=["json-file","awslogs","syslog","journald","gelf","fluentd","splunk","none"]
ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE=true
BERTH_AVAILABILITY_ZONE=$(metadata placement/availability-zone)
BERTH_INSTANCE_NAME=$(metadata instance-id)
BERTH_AUTO_SCALING_GROUP=$group
CONFIG

systemctl daemon-reload
systemctl enable --now berth-agent
