//! What AWS refuses of clusters, task definitions, services, deployments, alarms and scaling, and what is ours. Each line
//! changes one thing in a file that is valid, as in `scenario_errors`.

use crate::scenario_errors::told;

fn check(name: &str, cases: &str) {
    let told = told(cases);
    insta::assert_snapshot!(name, told);
}

/// API `CreateCluster`; the instance types and the numbers are ours.
#[test]
fn clusters() {
    check(
        "clusters",
        r#"
        /Clusters [{}, {}]
        /Clusters/0/ClusterName "two shops"
        /Clusters/0/VcpuQuota -1
        /Clusters/0/SpotVcpuQuota 100001
        /Clusters/0/ContainerInstances/0/InstanceType "c5.larg"
        /Clusters/0/ContainerInstances/0/AvailabilityZone "us east 1"
        /Clusters/0/ContainerInstances/0/Count 0
        /Clusters/0/ContainerInstances/0/Count 60
        "#,
    );
}

/// API `RegisterTaskDefinition`, `ContainerDefinition`, `HealthCheck`; ECS guide, "Amazon ECS task definition differences for
/// Fargate".
#[test]
fn task_definitions() {
    check(
        "task_definitions",
        r#"
        /TaskDefinitions/0/Cpu "1 vCPU"
        /TaskDefinitions/0/Cpu 128
        /TaskDefinitions/0/Memory "512"
        /TaskDefinitions/0/Memory 9000
        /TaskDefinitions/0/Cpu 100000
        /TaskDefinitions/1/Cpu "512"
        /TaskDefinitions/3/Cpu 127
        /TaskDefinitions/3/Cpu 196609
        /TaskDefinitions/3/Memory 5
        /TaskDefinitions/3/Memory "1 GB"
        /TaskDefinitions/3/RequiresCompatibilities ["FARGATE"]
        /TaskDefinitions/0/RequiresCompatibilities ["EXTERNAL"]
        /TaskDefinitions/0/NetworkMode "bridge"
        /TaskDefinitions/0/NetworkMode "vpc"
        /TaskDefinitions/0/StartTimes/ImagePull "2h"
        /TaskDefinitions/0/ContainerDefinitions/0/HealthCheck/Command []
        /TaskDefinitions/0/ContainerDefinitions/0/HealthCheck/Command ["CMD"]
        /TaskDefinitions/0/ContainerDefinitions/0/HealthCheck/Command ["curl", "http://localhost"]
        /TaskDefinitions/0/ContainerDefinitions/0/HealthCheck/Interval 4
        /TaskDefinitions/0/ContainerDefinitions/0/HealthCheck/Interval 301
        /TaskDefinitions/0/ContainerDefinitions/0/HealthCheck/Timeout 1
        /TaskDefinitions/0/ContainerDefinitions/0/HealthCheck/Timeout 61
        /TaskDefinitions/0/ContainerDefinitions/0/HealthCheck/Retries 0
        /TaskDefinitions/0/ContainerDefinitions/0/HealthCheck/Retries 11
        /TaskDefinitions/0/ContainerDefinitions/0/HealthCheck/StartPeriod -1
        /TaskDefinitions/0/ContainerDefinitions/0/HealthCheck/StartPeriod 301
        /TaskDefinitions/0/ContainerDefinitions/0/HealthCheck {"Command": ["CMD", "a"], "Interval": -1, "Timeout": 99999999999, "Retries": -1, "StartPeriod": 500}
        "#,
    );
}

/// None of it is AWS's.
#[test]
fn servers_and_releases() {
    check(
        "servers_and_releases",
        r#"
        /TaskDefinitions/0/ContainerDefinitions/0/Server/WarmUp "2h"
        /TaskDefinitions/0/ContainerDefinitions/0/Server/WarmUp "2"
        /TaskDefinitions/0/ContainerDefinitions/0/Server/OnSigterm "finishes"
        /TaskDefinitions/0/ContainerDefinitions/0/Server/OnSigterm "ignore"
        /TaskDefinitions/0/ContainerDefinitions/0/Server/CleanUp "2h"
        /TaskDefinitions/0/ContainerDefinitions/0/Server/Memory/IdleMiB -1
        /TaskDefinitions/0/ContainerDefinitions/0/Server/Memory/PerRequestKiB 1048577
        /TaskDefinitions/4/Release/Fault "slower"
        /TaskDefinitions/4/Release/Times 0
        /TaskDefinitions/4/Release/Times
        /TaskDefinitions/4/Release/Status 500
        /TaskDefinitions/5/Release/After "2h"
        /TaskDefinitions/5/Release/After
        /TaskDefinitions/5/Release {"Fault": "answers-with"}
        /TaskDefinitions/5/Release {"Fault": "fails-requests", "Status": 404}
        /TaskDefinitions/5/Release {"Fault": "none", "Times": 2, "After": "1s", "Status": 500}
        "#,
    );
}

/// API `CreateService`, `CapacityProviderStrategyItem`, `PlacementStrategy`, `PlacementConstraint`; ECS guide, "Amazon ECS
/// services", for Fargate.
#[test]
fn launch_types_and_placement() {
    check(
        "launch_types_and_placement",
        r#"
        /Services/2/LaunchType "FARGATE"
        /Services/2/LaunchType "EC2"
        /Services/2/CapacityProviderStrategy []
        /Services/2/CapacityProviderStrategy/0/CapacityProvider "FARGATE_ON_DEMAND"
        /Services/2/CapacityProviderStrategy/0/CapacityProvider "FARGATE_SPOT"
        /Services/2/CapacityProviderStrategy/0/Base 100001
        /Services/2/CapacityProviderStrategy/0/Weight 1001
        /Services/2/CapacityProviderStrategy/1/Base 1
        /Services/2/CapacityProviderStrategy [{"CapacityProvider": "FARGATE", "Base": 1}, {"CapacityProvider": "FARGATE_SPOT"}]
        /Services/2/SchedulingStrategy "DAEMON"
        /Services/3/SchedulingStrategy "DAEMON"
        /Services/3/SchedulingStrategy "REPLICAS"
        /Services/3/LaunchType "FARGATE"
        /Services/3/PlacementStrategies [{"Type": "random"}, {"Type": "random"}, {"Type": "random"}, {"Type": "random"}, {"Type": "random"}, {"Type": "random"}]
        /Services/3/PlacementStrategies/0/Type "spreads"
        /Services/3/PlacementStrategies/0/Field "attribute:ecs.zone"
        /Services/3/PlacementStrategies/0/Field
        /Services/3/PlacementStrategies/1/Field "CPU"
        /Services/3/PlacementStrategies/1/Field
        /Services/3/PlacementStrategies/2/Field "cpu"
        /Services/3/PlacementConstraints/0/Type "memberOf"
        /Services/3/PlacementConstraints/0/Type "distinct"
        /Services/3/PlacementConstraints/0/Expression "attribute:ecs.instance-type == c5.large"
        "#,
    );
}

/// ECS guide, "Balancing an Amazon ECS service across Availability Zones".
#[test]
fn rebalancing() {
    check(
        "rebalancing",
        r#"
        /Services/0/AvailabilityZoneRebalancing "ON"
        /Services/0/DeploymentConfiguration/MaximumPercent 100
        /Services/3 {"ServiceName": "api", "TaskDefinition": "api:1", "DesiredCount": 1, "LaunchType": "EC2", "AvailabilityZoneRebalancing": "ENABLED", "PlacementStrategies": [{"Type": "binpack", "Field": "cpu"}]}
        "#,
    );
}

/// API `DeploymentConfiguration`, `LinearConfiguration`, `CanaryConfiguration`, `DeploymentCircuitBreaker`,
/// `ThresholdConfiguration`, `DeploymentAlarms`, `DeploymentEarlySuccessCriteria`.
#[test]
fn deployments() {
    check(
        "deployments",
        r#"
        /Services/0/DeploymentConfiguration/Strategy "BLUEGREEN"
        /Services/0/DeploymentConfiguration/BakeTimeInMinutes 5
        /Services/0/DeploymentConfiguration/LinearConfiguration {}
        /Services/0/DeploymentConfiguration/LifecycleHooks []
        /Services/0/DeploymentConfiguration/DeploymentCircuitBreaker/ThresholdConfiguration/Type "PERCENT"
        /Services/0/DeploymentConfiguration/DeploymentCircuitBreaker/ThresholdConfiguration/Value 0
        /Services/0/DeploymentConfiguration/DeploymentCircuitBreaker/ThresholdConfiguration {"Type": "BOUNDED_PERCENT", "Value": 0}
        /Services/0/DeploymentConfiguration/DeploymentCircuitBreaker/ThresholdConfiguration {"Type": "UNBOUNDED_PERCENT", "Value": 101}
        /Services/0/DeploymentConfiguration/Alarms/AlarmNames/0 "shop-4xx"
        /Services/0/DeploymentConfiguration/EarlySuccessCriteria/HealthyPercent 49
        /Services/0/DeploymentConfiguration/EarlySuccessCriteria/HealthyPercent 101
        /Services/0/DeploymentConfiguration/EarlySuccessCriteria/SourceServiceRevisionCleanup "LATER"
        /Services/3/DeploymentConfiguration/DeploymentCircuitBreaker {"Enable": true, "Rollback": true}
        /Services/3/DeploymentConfiguration/EarlySuccessCriteria {"Enable": true}
        /Services/3/DeploymentConfiguration/CanaryConfiguration/CanaryPercent 0
        /Services/3/DeploymentConfiguration/CanaryConfiguration/CanaryPercent 12.25
        /Services/3/DeploymentConfiguration/CanaryConfiguration/CanaryBakeTimeInMinutes 1441
        /Services/3/DeploymentConfiguration/BakeTimeInMinutes -1
        /Services/3/DeploymentConfiguration {"Strategy": "BLUE_GREEN"}
        /Services/3/DeploymentConfiguration {"Strategy": "LINEAR", "LinearConfiguration": {"StepPercent": 2.9, "StepBakeTimeInMinutes": -1}}
        /Services/3/DeploymentConfiguration {"Strategy": "LINEAR", "CanaryConfiguration": {}}
        "#,
    );
}

/// API `CreateService`, `AdvancedConfiguration`; ECS guide, "Application Load Balancer resources for blue/green, linear, and
/// canary deployments".
#[test]
fn traffic_shifts() {
    check(
        "traffic_shifts",
        r#"
        /Services/3/LoadBalancers []
        /Services/3/LoadBalancers/0/AdvancedConfiguration
        /Services/3/LoadBalancers/0/AdvancedConfiguration/AlternateTargetGroupArn "api-gren"
        /Services/3/LoadBalancers/0/AdvancedConfiguration/AlternateTargetGroupArn "api-blue"
        /Services/3/LoadBalancers/0/AdvancedConfiguration/ProductionListenerRule "HTTP:8080/20"
        /Services/3/LoadBalancers/0/AdvancedConfiguration/ProductionListenerRule "HTTP:80/21"
        /Services/3/LoadBalancers/0/AdvancedConfiguration/ProductionListenerRule "HTTP:80/first"
        /Services/3/LoadBalancers/0/AdvancedConfiguration/ProductionListenerRule "HTTP:80"
        /Services/3/LoadBalancers/0/AdvancedConfiguration/ProductionListenerRule "HTTP:80/10"
        /Services/3/LoadBalancers/0/AdvancedConfiguration/ProductionListenerRule "HTTP:80/30"
        /Services/3/LoadBalancers/0/AdvancedConfiguration/TestListenerRule "HTTP:80/10"
        /Services/3/LoadBalancers/0/AdvancedConfiguration/TestListenerRule "HTTP:80/20"
        /Services/0/LoadBalancers/0/AdvancedConfiguration {"AlternateTargetGroupArn": "basket-tg", "ProductionListenerRule": "HTTPS:443/10"}
        "#,
    );
}

/// API `PutMetricAlarm`; CloudWatch guide, "Using Amazon CloudWatch alarms".
#[test]
fn alarms() {
    check(
        "alarms",
        r#"
        /Alarms/1/AlarmName "shop-5xx"
        /Alarms/1/AlarmName ""
        /Alarms/0/Namespace "AWS/ECS"
        /Alarms/0/MetricName "HTTPCode_Target_5XX"
        /Alarms/0/MetricName "HTTPCode_ELB_5XX_Count"
        /Alarms/0/Dimensions []
        /Alarms/0/Dimensions/0/Name "Target"
        /Alarms/0/Dimensions/0/Value "shop"
        /Alarms/0/Dimensions/1/Value "shop"
        /Alarms/0/Dimensions/1/Name "TargetGroup"
        /Alarms/1/Dimensions/0/Value "workers"
        /Alarms/1/Dimensions/1/Value "default"
        /Alarms/0/Statistic "p99"
        /Alarms/0/ExtendedStatistic "p99"
        /Alarms/0/Metrics []
        /Alarms/0/Period 30
        /Alarms/0/Period -60
        /Alarms/0/EvaluationPeriods 0
        /Alarms/0/EvaluationPeriods 1441
        /Alarms/0/Period 691200
        /Alarms/0/DatapointsToAlarm 4
        /Alarms/0/DatapointsToAlarm 0
        /Alarms/0/Threshold 0.0005
        /Alarms/0/Threshold 1e13
        /Alarms/0/ComparisonOperator "GreaterThan"
        /Alarms/0/TreatMissingData "good"
        "#,
    );
}

/// API `RegisterScalableTarget`, `PutScheduledAction`.
#[test]
fn scalable_targets() {
    check(
        "scalable_targets",
        r#"
        /ScalableTargets/0/ServiceNamespace "ec2"
        /ScalableTargets/0/ScalableDimension "ecs:service:Count"
        /ScalableTargets/0/ResourceId "service/default/shop"
        /ScalableTargets/1/ResourceId "worker"
        /ScalableTargets/1/ResourceId "service/shops/shop"
        /ScalableTargets/1/MinCapacity -1
        /ScalableTargets/1/MaxCapacity 61
        /ScalableTargets/1/MaxCapacity 0
        /ScalableTargets/0/ScheduledActions/0/ScheduledActionName ""
        /ScalableTargets/0/ScheduledActions/0/Schedule "every morning"
        /ScalableTargets/0/ScheduledActions/0/Schedule "cron(0 8 * * *)"
        /ScalableTargets/0/ScheduledActions/0/Schedule "cron(0 8 * * * *)"
        /ScalableTargets/0/ScheduledActions/0/Schedule "rate(0 minutes)"
        /ScalableTargets/0/ScheduledActions/0/Schedule "at(2026-02-30T00:00:00)"
        /ScalableTargets/0/ScheduledActions/0/ScalableTargetAction {}
        /ScalableTargets/0/ScheduledActions/0/ScalableTargetAction {"MinCapacity": 4, "MaxCapacity": 3}
        /ScalableTargets/0/ScheduledActions/0/ScalableTargetAction/MaxCapacity 61
        /ScalableTargets/0/ScheduledActions/0/Timezone "Europe/Berlin"
        /ScalableTargets/0/ScheduledActions [{"ScheduledActionName": "a", "Schedule": "rate(1 hour)", "ScalableTargetAction": {"MinCapacity": 1}}, {"ScheduledActionName": "a", "Schedule": "rate(2 hours)", "ScalableTargetAction": {"MinCapacity": 2}}]
        "#,
    );
}

/// API `PutScalingPolicy`, `PredefinedMetricSpecification`, `StepAdjustment`; Application Auto Scaling guide, "Target tracking
/// scaling policies".
#[test]
fn scaling_policies() {
    check(
        "scaling_policies",
        r#"
        /ScalingPolicies/0/PolicyName ""
        /ScalingPolicies/0/PolicyType "TargetTracking"
        /ScalingPolicies/0/PolicyType "StepScaling"
        /ScalingPolicies/0/PolicyType "PredictiveScaling"
        /ScalingPolicies/0/ScalingTargetId
        /ScalingPolicies/0/ResourceId "service/shops/shop"
        /ScalingPolicies/0/ScalingTargetId "service/shops/shoe"
        /ScalingPolicies/0/ScalingTargetId "service/shops/api"
        /ScalingPolicies/0/ServiceNamespace "dynamodb"
        /ScalingPolicies/0/TargetTrackingScalingPolicyConfiguration/TargetValue 0
        /ScalingPolicies/0/TargetTrackingScalingPolicyConfiguration/ScaleInCooldown -1
        /ScalingPolicies/0/TargetTrackingScalingPolicyConfiguration/CustomizedMetricSpecification {}
        /ScalingPolicies/0/TargetTrackingScalingPolicyConfiguration/PredefinedMetricSpecification
        /ScalingPolicies/0/TargetTrackingScalingPolicyConfiguration/PredefinedMetricSpecification/PredefinedMetricType "ECSServiceAverageCPU"
        /ScalingPolicies/0/TargetTrackingScalingPolicyConfiguration/PredefinedMetricSpecification/PredefinedMetricType "ECSServiceAverageCPUUtilization"
        /ScalingPolicies/0/TargetTrackingScalingPolicyConfiguration/PredefinedMetricSpecification/PredefinedMetricType "ECSServiceAverageCPUUtilizationHighResolution"
        /ScalingPolicies/0/TargetTrackingScalingPolicyConfiguration/PredefinedMetricSpecification/ResourceLabel
        /ScalingPolicies/0/TargetTrackingScalingPolicyConfiguration/PredefinedMetricSpecification/ResourceLabel "shop"
        /ScalingPolicies/0/TargetTrackingScalingPolicyConfiguration/PredefinedMetricSpecification/ResourceLabel "basket-tg"
        /ScalingPolicies/1 {"PolicyName": "requests", "PolicyType": "TargetTrackingScaling", "ResourceId": "service/shops/shop", "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 50, "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}}
        /ScalingPolicies/1 {"PolicyName": "more", "PolicyType": "TargetTrackingScaling", "ResourceId": "service/shops/shop", "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 50, "PredefinedMetricSpecification": {"PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": "shop-tg"}}}
        /ScalingPolicies/1/AlarmName
        /ScalingPolicies/1/AlarmName "worker-idle"
        /ScalingPolicies/1/AlarmName "shop-5xx"
        /Alarms/1/Statistic "Sum"
        /Alarms/1/Dimensions/0/Value "shop"
        /ScalingPolicies/1/StepScalingPolicyConfiguration/AdjustmentType "Percent"
        /ScalingPolicies/1/StepScalingPolicyConfiguration/AdjustmentType "ChangeInCapacity"
        /ScalingPolicies/1/StepScalingPolicyConfiguration/MinAdjustmentMagnitude 0
        /ScalingPolicies/1/StepScalingPolicyConfiguration/MetricAggregationType "Sum"
        /ScalingPolicies/1/StepScalingPolicyConfiguration/StepAdjustments []
        /ScalingPolicies/1/StepScalingPolicyConfiguration/StepAdjustments/0/MetricIntervalUpperBound 5
        /ScalingPolicies/1/StepScalingPolicyConfiguration/StepAdjustments/0/MetricIntervalUpperBound 15
        /ScalingPolicies/1/StepScalingPolicyConfiguration/StepAdjustments/0/MetricIntervalLowerBound 10.5
        /ScalingPolicies/1/StepScalingPolicyConfiguration/StepAdjustments/0/MetricIntervalLowerBound 0.0001
        /ScalingPolicies/1/StepScalingPolicyConfiguration/StepAdjustments/0/ScalingAdjustment 1000001
        /ScalingPolicies/1/StepScalingPolicyConfiguration/StepAdjustments [{"ScalingAdjustment": 1}]
        /ScalingPolicies/1/StepScalingPolicyConfiguration {"AdjustmentType": "ExactCapacity", "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": -1}]}
        "#,
    );
}
