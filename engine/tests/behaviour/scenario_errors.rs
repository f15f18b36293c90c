//! A bad scenario file: every problem is named with its path, its value, what is allowed, what to write instead.
//!
//! Each case below changes one thing in a file that is valid and says everything: a JSON pointer, and what is written
//! there; nothing, to take out what stands there. The snapshots have what is told about each.

use std::fmt::Write as _;

use albatross_engine::Scenario;
use albatross_engine::scenario::{Problem, ScenarioError};
use serde_json::Value;

use crate::scenario_files::{EVERYTHING, edited};

/// What is told about each case.
pub(crate) fn told(cases: &str) -> String {
    let mut all = String::new();
    for case in cases.lines().map(str::trim).filter(|case| !case.is_empty()) {
        let (pointer, value) = case.split_once(' ').unwrap_or((case, "null"));
        let value = serde_json::from_str(value).unwrap_or_else(|error| panic!("{case}: {error}"));
        let text = edited(EVERYTHING, &[(pointer, value)]);
        let error = Scenario::from_json(&text).expect_err(case);
        let ScenarioError::Invalid { problems, .. } = &error else { panic!("{case}: {error}") };
        problems.iter().for_each(|problem| check_advice(&text, problem));
        write!(all, "{case}\n    {}\n", error.to_string().replace('\n', "\n    "))
            .expect("a string takes it");
    }
    all
}

/// What is told to be written instead, where it is told to the letter, mends the problem.
fn check_advice(text: &str, problem: &Problem) {
    let instead = match (problem.instead.as_str(), serde_json::from_str(&problem.instead)) {
        ("nothing", _) => Value::Null,
        (_, Ok(value)) => value,
        (_, Err(_)) => return,
    };
    let pointer =
        format!("/{}", problem.path.replace('[', "/").replace("].", "/").replace(']', "").replace('.', "/"));
    let mended = Scenario::from_json(&edited(text, &[(&pointer, instead)]));
    if let Err(ScenarioError::Invalid { problems, .. }) = mended {
        // The closest name is a guess, and what has it need not suit.
        let is_same = |other: &&Problem| (&other.path, &other.allowed) == (&problem.path, &problem.allowed);
        let still = problems.iter().find(is_same);
        assert_eq!(still, None, "{problem}");
    }
}

fn check(name: &str, cases: &str) {
    let told = told(cases);
    insta::assert_snapshot!(name, told);
}

/// API `CreateLoadBalancer`, `LoadBalancerAttribute`.
#[test]
fn load_balancers() {
    check(
        "load_balancers",
        r#"
        /Name "every thing"
        /LoadBalancers []
        /LoadBalancers/0/Name "a-name-of-more-than-thirty-two-characters"
        /LoadBalancers/0/Name "shop-"
        /LoadBalancers/0/Name "internal-shop-alb"
        /LoadBalancers/0/Type "network"
        /LoadBalancers/0/Scheme "intern"
        /LoadBalancers/0/AvailabilityZones ["us-east-1a"]
        /LoadBalancers/0/AvailabilityZones ["a", "b", "c", "d", "e"]
        /LoadBalancers/0/AvailabilityZones ["us-east-1a", "us-east-1a"]
        /LoadBalancers/0/SecurityGroups/0 "alb"
        /LoadBalancers/0/SecurityGroups ["alb-sg", "alb-sg"]
        /LoadBalancers/0/SecurityGroups ["a", "b", "c", "d", "e", "f"]
        /LoadBalancers/0/LoadBalancerAttributes/0/Key "idle_timeout.seconds"
        /LoadBalancers/0/LoadBalancerAttributes/0/Value "4001"
        /LoadBalancers/0/LoadBalancerAttributes/1/Value "59"
        /LoadBalancers/0/LoadBalancerAttributes/1 {"Key": "idle_timeout.timeout_seconds", "Value": "5"}
        "#,
    );
}

/// API `AuthorizeSecurityGroupIngress`; VPC guide, "Security group rules" and "Quotas".
#[test]
fn security_groups() {
    check(
        "security_groups",
        r#"
        /SecurityGroups/1/GroupName "alb-sg"
        /SecurityGroups/1/GroupName ""
        /SecurityGroups/0/SecurityGroupIngress/0/IpProtocol "udp"
        /SecurityGroups/0/SecurityGroupIngress/0/FromPort
        /SecurityGroups/0/SecurityGroupIngress/0/ToPort
        /SecurityGroups/0/SecurityGroupIngress/0/ToPort 79
        /SecurityGroups/0/SecurityGroupIngress/0/ToPort 65536
        /SecurityGroups/0/SecurityGroupIngress/0/IpProtocol "-1"
        /SecurityGroups/0/SecurityGroupIngress/0/CidrIp
        /SecurityGroups/0/SecurityGroupIngress/0/CidrIpv6 "::/0"
        /SecurityGroups/0/SecurityGroupIngress/0/CidrIp "0.0.0.0"
        /SecurityGroups/0/SecurityGroupIngress/0/CidrIp "10.1.2.3/8"
        /SecurityGroups/0/SecurityGroupIngress/0/CidrIp "::/0"
        /SecurityGroups/0/SecurityGroupIngress/2/CidrIpv6 "0.0.0.0/0"
        /SecurityGroups/0/SecurityGroupIngress/1/FromPort 444
        /SecurityGroups/0/SecurityGroupIngress/1 {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "0.0.0.0/0"}
        /SecurityGroups/0/SecurityGroupEgress/0/DestinationSecurityGroupId "tasks"
        "#,
    );
}

/// API `CreateListener`, `AddListenerCertificates`; ALB guide, "SSL certificates" and "Security policies".
#[test]
fn listeners_and_certificates() {
    check(
        "listeners_and_certificates",
        r#"
        /Certificates/0/CertificateArn ""
        /Certificates/1/CertificateArn "shop"
        /Certificates/0/DomainNames []
        /Certificates/0/DomainNames/0 "shop..example.com"
        /Certificates/1/KeyAlgorithm "EC_prime255v1"
        /Certificates/1/HashBits 20
        /Certificates/1/ValidityDays 0
        /Listeners/0/LoadBalancerArn "shop"
        /Listeners/0/Port 0
        /Listeners/0/Port 443
        /Listeners/0/Protocol "TCP"
        /Listeners/0/SslPolicy "ELBSecurityPolicy-2016-08"
        /Listeners/1/SslPolicy "ELBSecurityPolicy-TLS13-1-2-2021-07"
        /Listeners/1/Certificates []
        /Listeners/1/Certificates [{"CertificateArn": "shop"}, {"CertificateArn": "api"}]
        /Listeners/1/Certificates/0/CertificateArn "shopping"
        /ListenerCertificates/0/ListenerArn "HTTP:80"
        /ListenerCertificates/0/ListenerArn "HTTPS:444"
        /ListenerCertificates/0/Certificates/0/CertificateArn "apis"
        "#,
    );
}

/// API `Action`; ALB guide, "Action types", "Target groups" and "Edit target group attributes".
#[test]
fn actions() {
    check(
        "actions",
        r##"
        /Listeners/0/DefaultActions []
        /Listeners/0/DefaultActions [{"Type": "redirect"}, {"Type": "redirect"}]
        /Listeners/0/DefaultActions/0/Type "forwards"
        /Listeners/0/DefaultActions/0/Type "authenticate-oidc"
        /Listeners/0/DefaultActions/0/Order 0
        /Listeners/0/DefaultActions/0/AuthenticateOidcConfig {"Issuer": "https://example.com"}
        /Listeners/0/DefaultActions/0/AuthenticateCognitoConfig {}
        /Listeners/0/DefaultActions/0/JwtValidationConfig {}
        /Listeners/0/DefaultActions/0/FixedResponseConfig {"StatusCode": "200"}
        /Listeners/0/DefaultActions/0/RedirectConfig
        /Listeners/0/DefaultActions/0/RedirectConfig {"StatusCode": "HTTP_302"}
        /Listeners/0/DefaultActions/0/RedirectConfig/StatusCode "HTTP_307"
        /Listeners/0/DefaultActions/0/RedirectConfig/Protocol "#{host}"
        /Listeners/0/DefaultActions/0/RedirectConfig/Port "0"
        /Listeners/0/DefaultActions/0/RedirectConfig/Host "#{path}"
        /Listeners/0/DefaultActions/0/RedirectConfig/Path "#{path}"
        /Listeners/0/DefaultActions/0/RedirectConfig/Query "?#{query}"
        /Listeners/1/DefaultActions [{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTP", "StatusCode": "HTTP_301"}}]
        /Listeners/1/DefaultActions [{"Type": "forward"}]
        /Listeners/1/DefaultActions [{"Type": "forward", "TargetGroupArn": "shop-gt"}]
        /Listeners/1/DefaultActions/0/TargetGroupArn "shop-tg"
        /Listeners/1/DefaultActions/0/ForwardConfig/TargetGroups []
        /Listeners/1/DefaultActions/0/ForwardConfig/TargetGroups/0/Weight 1000
        /Listeners/1/DefaultActions/0/ForwardConfig/TargetGroups/1/TargetGroupArn "basket"
        /Listeners/1/DefaultActions/0/ForwardConfig/TargetGroupStickinessConfig/DurationSeconds
        /Listeners/1/DefaultActions/0/ForwardConfig/TargetGroupStickinessConfig/DurationSeconds 604801
        /Listeners/1/DefaultActions/0/ForwardConfig/TargetGroupStickinessConfig/Enabled false
        /TargetGroups/0/TargetGroupAttributes/1 {"Key": "stickiness.type", "Value": "app_cookie"}
        /TargetGroups/0/ProtocolVersion "HTTP2"
        /ListenerRules/1/Actions/0/FixedResponseConfig
        /ListenerRules/1/Actions/0/FixedResponseConfig/StatusCode "forbidden"
        /ListenerRules/1/Actions/0/FixedResponseConfig/StatusCode "302"
        /ListenerRules/1/Actions/0/FixedResponseConfig/ContentType "text/xml"
        "##,
    );
}

/// API `CreateRule`, `RuleCondition` and its like; ALB guide, "Condition types" and "Quotas".
#[test]
fn rules() {
    check(
        "rules",
        r#"
        /ListenerRules/0/ListenerArn "HTTPS:8443"
        /ListenerRules/0/Priority 50001
        /ListenerRules/0/Priority 10
        /ListenerRules/0/Transforms []
        /ListenerRules/0/Conditions []
        /ListenerRules/0/Conditions/0/HttpHeaderConfig
        /ListenerRules/0/Conditions/0/HttpHeaderConfig/HttpHeaderName "Host"
        /ListenerRules/0/Conditions/0/HttpHeaderConfig/Values []
        /ListenerRules/0/Conditions/0/HttpHeaderConfig/Values ["a", "b", "c", "d"]
        /ListenerRules/0/Conditions/0/HttpHeaderConfig/Values ["*a*", "*b*", "*c*"]
        /ListenerRules/0/Conditions/0/HttpHeaderConfig/RegexValues ["^a+$"]
        /ListenerRules/0/Conditions/1/QueryStringConfig/Values/0/Value ""
        /ListenerRules/1/Conditions/0/Field "host"
        /ListenerRules/1/Conditions/0/Values ["localhost"]
        /ListenerRules/1/Conditions/0/RegexValues ["^a+$"]
        /ListenerRules/1/Conditions/0/HostHeaderConfig {"Values": ["a.example.com"]}
        /ListenerRules/1/Conditions/1/PathPatternConfig/Values ["/admin?a=b"]
        /ListenerRules/1/Conditions/1/PathPatternConfig/RegexValues ["^a+$"]
        /ListenerRules/1/Conditions/1/SourceIpConfig {"Values": ["10.0.0.0/8"]}
        /ListenerRules/1/Conditions/1 {"Field": "host-header", "Values": ["a.example.com"]}
        /ListenerRules/1/Conditions/1 {"Field": "path-pattern"}
        /ListenerRules/1/Conditions/2/HttpRequestMethodConfig/Values ["get"]
        /ListenerRules/1/Conditions/3/SourceIpConfig/Values ["203.0.113.0"]
        "#,
    );
}

/// API `CreateTargetGroup`, `TargetGroupAttribute`; ALB guide, "Edit target group attributes".
#[test]
fn target_groups() {
    check(
        "target_groups",
        r#"
        /TargetGroups/1/Name "shop-tg"
        /TargetGroups/0/Name "shop_tg"
        /TargetGroups/0/TargetType "instance"
        /TargetGroups/0/Protocol "HTTPS"
        /TargetGroups/0/ProtocolVersion "HTTP3"
        /TargetGroups/0/Port 65536
        /TargetGroups/0/HealthCheckEnabled false
        /TargetGroups/0/HealthCheckProtocol "TCP"
        /TargetGroups/0/HealthCheckPath "health"
        /TargetGroups/0/HealthCheckPort "traffic"
        /TargetGroups/0/HealthCheckIntervalSeconds 4
        /TargetGroups/0/HealthCheckIntervalSeconds 301
        /TargetGroups/0/HealthCheckTimeoutSeconds 1
        /TargetGroups/0/HealthCheckTimeoutSeconds 121
        /TargetGroups/0/HealthCheckTimeoutSeconds 10
        /TargetGroups/0/HealthyThresholdCount 1
        /TargetGroups/0/HealthyThresholdCount 11
        /TargetGroups/0/UnhealthyThresholdCount 1
        /TargetGroups/0/UnhealthyThresholdCount 11
        /TargetGroups/0/Matcher/HttpCode "99"
        /TargetGroups/0/Matcher/GrpcCode "0"
        /TargetGroups/0/TargetGroupAttributes/0/Key "stickiness.enable"
        /TargetGroups/0/TargetGroupAttributes/0/Value "yes"
        /TargetGroups/0/TargetGroupAttributes/2/Value "29"
        /TargetGroups/0/TargetGroupAttributes/2/Key "stickiness.enabled"
        /TargetGroups/0/TargetGroupAttributes/3 {"Key": "load_balancing.algorithm.type", "Value": "weighted_random"}
        /TargetGroups/0/TargetGroupAttributes/4 {"Key": "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", "Value": "2"}
        /TargetGroups/1/TargetGroupAttributes/0/Value "round_robin"
        "#,
    );
}

/// API `RegisterTaskDefinition`, `ContainerDefinition`, `CreateService`.
#[test]
fn services_and_task_definitions() {
    check(
        "services_and_task_definitions",
        r#"
        /TaskDefinitions/0/Family "web shop"
        /TaskDefinitions/0/Revision 0
        /TaskDefinitions/2/Revision 1
        /TaskDefinitions/0/StartTimes/Pending "2"
        /TaskDefinitions/0/StartTimes/Pending "2h"
        /TaskDefinitions/0/ContainerDefinitions []
        /TaskDefinitions/0/ContainerDefinitions/0/Name ""
        /TaskDefinitions/0/ContainerDefinitions/0/PortMappings []
        /TaskDefinitions/0/ContainerDefinitions/0/PortMappings/1/ContainerPort -1
        /TaskDefinitions/0/ContainerDefinitions/0/StopTimeout 121
        /TaskDefinitions/0/ContainerDefinitions/0/Server/Workers 65
        /TaskDefinitions/0/ContainerDefinitions/0/Server/Backlog -1
        /TaskDefinitions/0/ContainerDefinitions/0/Server/Port 0
        /TaskDefinitions/0/ContainerDefinitions/0/Server/HealthPort 3000
        /TaskDefinitions/0/ContainerDefinitions/0/Server/KeepAliveTimeout "none"
        /TaskDefinitions/0/ContainerDefinitions/0/Server/Paths/1 "/my health"
        /TaskDefinitions/0/ContainerDefinitions/0/Server/SetsCookie "a;b"
        /TaskDefinitions/0/ContainerDefinitions/0/Server/SetsCookie "awsalb-mine"
        /TaskDefinitions/0/ContainerDefinitions/0/Server/ServiceTime/Distribution "normal"
        /TaskDefinitions/0/ContainerDefinitions/0/Server/ServiceTime/StandardDeviation
        /TaskDefinitions/0/ContainerDefinitions/0/Server/ServiceTime/Fast "1ms"
        /TaskDefinitions/0/ContainerDefinitions/0/Server/ServiceTime/SlowPercent 5
        /TaskDefinitions/1/ContainerDefinitions/0/Server/ServiceTime/SlowPercent 101
        /TaskDefinitions/1/ContainerDefinitions/0/Server/ServiceTime/SlowPercent
        /TaskDefinitions/1/ContainerDefinitions/0/Server/ServiceTime/Slow
        /Services/1/ServiceName "shop"
        /Services/1/ServiceName "the basket"
        /Services/1/TaskDefinition "basket:3"
        /Services/1/DesiredCount 61
        /Services/0/LaunchType "EXTERNAL"
        /Services/0/HealthCheckGracePeriodSeconds -1
        /Services/0/DeploymentConfiguration/MinimumHealthyPercent 101
        /Services/0/DeploymentConfiguration/MaximumPercent 99
        /Services/0/LoadBalancers [{"TargetGroupArn": "shop-tg", "ContainerName": "web", "ContainerPort": 3000}, {"TargetGroupArn": "shop-tg", "ContainerName": "web", "ContainerPort": 3000}]
        /Services/0/LoadBalancers/0/TargetGroupArn "shop"
        /Services/0/LoadBalancers/0/ContainerName "shop"
        /Services/0/LoadBalancers/0/ContainerPort 8080
        /Services/0/NetworkConfiguration/AwsvpcConfiguration/SecurityGroups/0 "tasks"
        /Services/1/AvailabilityZones []
        /Services/1/AvailabilityZones ["us-east-1b", "us-east-1b"]
        /Services/1/AvailabilityZones ["c", "d", "e", "f", "g"]
        "#,
    );
}

/// What is ours, and what no client can send (RFC 9110, RFC 3986).
#[test]
fn traffic() {
    check(
        "traffic",
        r##"
        /Traffic/Clients 0
        /Traffic/ClientCidr "203.0.113.1/24"
        /Traffic/ClientLatency "15"
        /Traffic/ClientLatency "11s"
        /Traffic/Arrivals "sometimes"
        /Traffic/RequestsPerSecond -1
        /Traffic/RequestsPerSecond 100001
        /Traffic/Profile {"Spike": {"At": "1000h", "For": "1001h", "RequestsPerSecond": -1}}
        /Traffic/Profile {"Ramp": {"To": -1, "From": "x", "Over": "1001h"}}
        /Traffic/Profile {"DailyWave": {"Peak": -1, "Period": "1ms", "Phase": "2s"}}
        /Traffic/Requests [{"Name": "a", "Weight": 0}]
        /Traffic/Requests/0/Name ""
        /Traffic/Requests/0/Weight 1001
        /Traffic/Requests/2/Protocol "https"
        /Traffic/Requests/0/Port 0
        /Traffic/Requests/0/HttpVersion "HTTP/2"
        /Traffic/Requests/0/Method "GET IT"
        /Traffic/Requests/0/Host "shop.example.com/items"
        /Traffic/Requests/0/Path "items"
        /Traffic/Requests/0/Path "/items?a=b"
        /Traffic/Requests/1/Query "?v=2"
        /Traffic/Requests/1/Query "v=2#top"
        /Traffic/Requests/1/Work/Mean
        /Traffic/Requests/2/Headers {"host": "a", "X Y": "b", "Z": "c\n"}
        /Traffic/Requests/2/Clients/First 40
        /Traffic/Requests/2/Clients/Count 31
        /Traffic/Trace/0/At "soon"
        /Traffic/Trace/0/Path "items"
        /Traffic/Trace/0/Client 40
        /Traffic/Trace/0/Work "9"
        /Traffic/TlsVersions/Oldest "SSLv3"
        /Traffic/TlsVersions/Newest "TLSv1.1"
        /Traffic/Timeout "0s"
        /Traffic/Retries/Attempts 11
        /Traffic/Retries/Backoff "linear"
        /Traffic/Retries/Backoff "none"
        /Traffic/Retries/Cap "100ms"
        "##,
    );
}

/// What can be known of commands before their instants come.
#[test]
fn timelines() {
    let moments = r#"
        "KillTask": {"Task": 0}
        "StopTask": {"Task": 4294967296}
        "SlowTask": {"Task": 1, "Times": 101}
        "FailRequests": {"Task": 1, "Status": 404}
        "HangTask": {"Task": 0}
        "FailHealthCheck": {"Task": 0}
        "GarbleResponses": {"Task": 0}
        "RestoreTask": {"Task": 0}
        "SetTraffic": {"RequestsPerSecond": 100001}
        "UpdateService": {"DesiredCount": 3}
        "UpdateService": {"Service": "shops", "DesiredCount": 61}
        "UpdateService": {"Service": "shop"}
        "UpdateService": {"Service": "shop", "ForceNewDeployment": false, "DeploymentConfiguration": {}}
        "UpdateService": {"Service": "shop", "HealthCheckGracePeriodSeconds": -1, "DeploymentConfiguration": {"MinimumHealthyPercent": 101, "MaximumPercent": 99}}
        "UpdateService": {"Service": "shop", "TaskDefinition": "shop:4"}
        "UpdateService": {"Service": "shop", "TaskDefinition": "basket"}
        "UpdateService": {"Service": "shop", "TaskDefinition": "shop:2", "Release": {"Fault": "none"}}
        "UpdateService": {"Service": "shop", "Release": {"Fault": "slow"}}
        "StopServiceDeployment": {"Service": "shops", "StopType": "UNDO"}
        "StopServiceDeployment": {"StopType": "ABORT"}
        "RegisterScalableTarget": {"ResourceId": "service/shops/shops", "MinCapacity": 1, "MaxCapacity": 2}
        "RegisterScalableTarget": {"ResourceId": "service/shops/shop", "MinCapacity": 3, "MaxCapacity": 2}
        "RegisterScalableTarget": {"MinCapacity": -1, "MaxCapacity": 61}
        "InterruptSpot": {"Task": 0}
        "LoseInstance": {"Instance": 3}
        "LoseZone": {"AvailabilityZone": "us-east-1c"}
        "RestoreZone": {"AvailabilityZone": ""}
        "ModifyTargetGroupAttributes": {"Key": "slow_start.duration_seconds", "Value": "5"}
        "ModifyTargetGroup": {"TargetGroupArn": "shop-tg"}
        "ModifyTargetGroup": {"TargetGroupArn": "shop-tg", "HealthCheckIntervalSeconds": 5, "HealthCheckTimeoutSeconds": 5}
        "ModifyTargetGroup": {"TargetGroupArn": "shop", "HealthCheckPath": "health", "HealthyThresholdCount": 1}
        "ModifyLoadBalancerAttributes": {"Key": "idle_timeout", "Value": "0"}
        "ModifyLoadBalancerAttributes": {"Key": "client_keep_alive.seconds", "Value": "0"}
        "ModifyListener": {"DefaultActions": []}
        "ModifyListener": {"ListenerArn": "HTTPS:443", "DefaultActions": [{"Type": "forward", "TargetGroupArn": "tg"}]}
        "ModifyRule": {"ListenerArn": "HTTPS:443", "Priority": 30, "Actions": [{"Type": "redirect"}]}
        "AuthorizeSecurityGroupIngress": {"GroupName": "tasks", "IpProtocol": "-1"}
        "RevokeSecurityGroupIngress": {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "CidrIp": "0.0.0.0/1"}
        "#;
    let lines = moments.lines().map(str::trim).filter(|moment| !moment.is_empty());
    let cases: String = lines
        .map(|moment| format!("/Timeline/0/Command {{{moment}}}\n"))
        .chain(["/Timeline/0/At \"1 day\"".to_owned()])
        .collect();
    check("timelines", &cases);
}
