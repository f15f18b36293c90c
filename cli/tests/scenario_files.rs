//! `albatross validate` and `albatross schema`: the same files are good and bad to both.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Map, Value, json};

fn albatross(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_albatross")).args(arguments).output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("it prints text")
}

fn schema() -> Value {
    let output = albatross(&["schema"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("it prints JSON")
}

/// The built-in scenarios, and the one in which every field stands.
fn files() -> Vec<PathBuf> {
    let engine = Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine");
    let folder = std::fs::read_dir(engine.join("scenarios")).expect("the folder is there");
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.expect("it can be read").path()).collect();
    assert!(files.len() >= 7, "{files:?}");
    files.push(engine.join("tests/scenarios/everything.json"));
    files
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("it is JSON")
}

/// Writes a file and has it validated.
fn validate(name: &str, document: &Value) -> Output {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("scenario-files");
    std::fs::create_dir_all(&folder).expect("it can be made");
    let file = folder.join(format!("{name}.json"));
    std::fs::write(&file, document.to_string()).expect("it can be written");
    albatross(&["validate", file.to_str().expect("a plain path")])
}

#[test]
fn several_files_are_validated_at_once() {
    let files: Vec<String> = files().iter().map(|file| file.display().to_string()).collect();
    let arguments: Vec<&str> = ["validate"].into_iter().chain(files.iter().map(String::as_str)).collect();
    let output = albatross(&arguments);
    let said = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(said.lines().count(), files.len(), "{said}");
    assert!(
        said.ends_with("everything.json: valid, 2 listeners, 5 rules, 4 target groups, 4 services\n"),
        "{said}"
    );
    let built_in = text(&albatross(&["validate", "the-real-example"]).stdout);
    assert_eq!(built_in, "the-real-example: valid, 1 listener, 0 rules, 1 target group, 1 service\n");
}

#[test]
fn of_good_and_bad_files_each_is_told_and_the_exit_status_is_2() {
    let output = albatross(&["validate", "nobody", "the-real-example", env!("CARGO_MANIFEST_DIR")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stdout).starts_with("the-real-example: valid"));
    let told = text(&output.stderr);
    assert!(told.contains("nobody: there is neither") && told.contains("directory"), "{told}");
    assert_eq!(albatross(&["validate"]).status.code(), Some(2), "without a file");
}

#[test]
fn every_problem_is_told_with_the_name_of_the_file() {
    let mut document = read(&files()[0]);
    document["TargetGroups"][0]["HealthCheckIntervalSeconds"] = json!(3);
    document["Services"][0]["DesiredCount"] = json!(100);
    let output = validate("two-problems", &document);
    assert_eq!(output.status.code(), Some(2));
    let told = text(&output.stderr);
    assert_eq!(told.lines().filter(|line| line.contains("two-problems.json: ")).count(), 2, "{told}");
    assert!(told.contains("TargetGroups[0].HealthCheckIntervalSeconds: found 3"), "{told}");
}

#[test]
fn every_scenario_fits_the_schema() {
    let schema = Schema(schema());
    for file in files() {
        assert_eq!(schema.problems(&read(&file)), Vec::<String>::new(), "{}", file.display());
    }
}

/// What the schema refuses, `validate` refuses as well.
#[test]
fn what_does_not_fit_the_schema_is_not_valid_either() {
    let schema = Schema(schema());
    let everything = read(files().last().expect("there are files"));
    for (number, (pointer, value)) in [
        ("/Colour", json!("blue")),
        ("/TargetGroups/0/HealthCheckInterval", json!(5)),
        ("/TargetGroups/0/HealthCheckIntervalSeconds", json!(4)),
        ("/TargetGroups/0/HealthCheckIntervalSeconds", json!("5")),
        ("/Listeners/1/SslPolicy", json!("ELBSecurityPolicy-FIPS")),
        ("/Listeners/0/DefaultActions", json!([])),
        ("/Listeners/0/DefaultActions/0/Type", json!("authenticate-oidc")),
        ("/Listeners/0/DefaultActions/0/AuthenticateOidcConfig", json!({})),
        ("/ListenerRules/0/Conditions/0/RegexValues", json!(["a"])),
        ("/ListenerRules/0/Transforms", json!([])),
        ("/Traffic/Requests/0/Headers", json!({"X-Team": 5})),
        ("/Traffic/Profile", json!({"Wave": {}})),
        ("/Timeline/0/Command", json!({"KillTask": {"Task": 1}, "StopTask": {"Task": 1}})),
        ("/Services/0/ServiceName", json!("")),
        ("/LoadBalancers", json!([])),
        ("/Clusters", json!([{}, {}])),
        ("/TaskDefinitions/0/Cpu", json!(0.25)),
        ("/TaskDefinitions/0/Release", json!({"Fault": "late"})),
        ("/Services/0/LaunchType", json!("EXTERNAL")),
        ("/Services/0/DeploymentConfiguration/Strategy", json!("SLOW")),
        ("/Services/3/PlacementConstraints/0/Expression", json!("attribute:a == b")),
        ("/Alarms/0/Period", json!(59)),
        ("/ScalableTargets/0/MaxCapacity", json!(61)),
        ("/ScalingPolicies/1/StepScalingPolicyConfiguration/StepAdjustments", json!([])),
    ]
    .into_iter()
    .enumerate()
    {
        let mut document = everything.clone();
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        match document.pointer_mut(parent) {
            Some(Value::Object(fields)) => fields.insert(key.to_owned(), value),
            other => panic!("{pointer}: {other:?}"),
        };
        assert_ne!(schema.problems(&document), Vec::<String>::new(), "{pointer}");
        let output = validate(&format!("unfit-{number}"), &document);
        assert_eq!(output.status.code(), Some(2), "{pointer}");
    }
}

/// All names of fields in a schema.
fn field_names(schema: &Value, names: &mut Vec<String>) {
    match schema {
        Value::Object(keywords) => {
            let fields = keywords.get("properties").and_then(Value::as_object);
            names.extend(fields.into_iter().flat_map(Map::keys).cloned());
            keywords.values().for_each(|part| field_names(part, names));
        }
        Value::Array(parts) => parts.iter().for_each(|part| field_names(part, names)),
        _ => {}
    }
}

#[test]
fn the_fuzzer_knows_the_name_of_every_field() {
    let dictionary = include_str!("../../fuzz/scenario_json.dict");
    let mut names = Vec::new();
    field_names(&schema(), &mut names);
    assert!(names.len() > 150, "{names:?}");
    for name in names {
        let entry = format!("\n\"\\\"{name}\\\":\"\n");
        assert!(dictionary.contains(&entry), "{name} is missing in fuzz/scenario_json.dict");
    }
}

/// As much of JSON Schema as ours is made of: a keyword that is not checked here is a failure.
struct Schema(Value);

impl Schema {
    fn problems(&self, document: &Value) -> Vec<String> {
        let mut problems = Vec::new();
        self.check(&self.0, document, "", &mut problems);
        problems
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, problems: &mut Vec<String>) {
        let schema = schema.as_object().unwrap_or_else(|| panic!("{at}: {schema} is a schema"));
        for (keyword, asked) in schema {
            let fits = match keyword.as_str() {
                "$schema" | "$defs" | "title" | "description" | "default" | "examples" | "required" => true,
                // Texts of a fixed form: here it is enough that it is one.
                "pattern" => value.is_string(),
                "$ref" => {
                    let name = asked.as_str().and_then(|name| name.strip_prefix('#')).expect("ours");
                    self.check(self.0.pointer(name).expect("it is there"), value, at, problems);
                    true
                }
                "type" => match asked {
                    Value::Array(kinds) => kinds.iter().any(|kind| is(value, kind)),
                    kind => is(value, kind),
                },
                "enum" => asked.as_array().expect("a list").contains(value),
                "const" => asked == value,
                "minimum" => value.as_f64().is_none_or(|number| Some(number) >= asked.as_f64()),
                "maximum" => value.as_f64().is_none_or(|number| Some(number) <= asked.as_f64()),
                "minLength" => length(value).is_none_or(|length| Some(length) >= asked.as_u64()),
                "maxLength" => length(value).is_none_or(|length| Some(length) <= asked.as_u64()),
                "minItems" => value.as_array().is_none_or(|list| Some(list.len() as u64) >= asked.as_u64()),
                "maxItems" => value.as_array().is_none_or(|list| Some(list.len() as u64) <= asked.as_u64()),
                "items" => {
                    for (index, element) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(asked, element, &format!("{at}[{index}]"), problems);
                    }
                    true
                }
                "properties" | "additionalProperties" => {
                    if let (Some(fields), false) = (
                        value.as_object(),
                        keyword == "properties" && schema.contains_key("additionalProperties"),
                    ) {
                        self.fields(schema, fields, at, problems);
                    }
                    true
                }
                "oneOf" => {
                    let fitting = asked.as_array().expect("a list").iter().filter(|one| {
                        let mut problems = Vec::new();
                        self.check(one, value, at, &mut problems);
                        problems.is_empty()
                    });
                    fitting.count() == 1
                }
                unknown => panic!("the keyword {unknown} is not checked here"),
            };
            if !fits {
                problems.push(format!("{at}: {value} against {keyword} {asked}"));
            }
        }
        for field in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
            if value.is_object() && value.get(field.as_str().expect("a name")).is_none() {
                problems.push(format!("{at}: {field} is missing"));
            }
        }
    }

    fn fields(
        &self,
        schema: &Map<String, Value>,
        fields: &Map<String, Value>,
        at: &str,
        problems: &mut Vec<String>,
    ) {
        for (name, value) in fields {
            let known = schema.get("properties").and_then(|properties| properties.get(name));
            match known.or(schema.get("additionalProperties")) {
                Some(Value::Bool(false)) => problems.push(format!("{at}.{name} is unknown")),
                Some(schema) => self.check(schema, value, &format!("{at}.{name}"), problems),
                None => {}
            }
        }
    }
}

fn is(value: &Value, kind: &Value) -> bool {
    match kind.as_str().expect("a word") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        unknown => panic!("the type {unknown} is not checked here"),
    }
}

fn length(value: &Value) -> Option<u64> {
    value.as_str().map(|text| text.chars().count() as u64)
}
