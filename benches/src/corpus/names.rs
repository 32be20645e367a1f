//! Names of things and people, all made up.
#![allow(missing_docs, reason = "lists of names that say what they are")]

/// The accounts of the organization.
pub const ACCOUNTS: [&str; 6] = [
    "111122223333",
    "222233334444",
    "333344445555",
    "444455556666",
    "777788889999",
    "999988887777",
];

pub const SERVICES: [&str; 24] = [
    "billing",
    "checkout",
    "catalog",
    "search",
    "inventory",
    "shipping",
    "auth",
    "gateway",
    "ledger",
    "mailer",
    "orders",
    "payments",
    "pricing",
    "profile",
    "recommender",
    "reports",
    "scheduler",
    "session-store",
    "telemetry",
    "thumbnails",
    "translator",
    "warehouse",
    "webhooks",
    "ingest",
];
pub const STAGES: [&str; 4] = ["prod", "staging", "dev", "test"];
pub const PEOPLE: [&str; 16] = [
    "anna.berg",
    "ben.okafor",
    "carla.rossi",
    "daniel.kim",
    "elif.demir",
    "farid.haddad",
    "grace.hopper",
    "hugo.martin",
    "ines.silva",
    "jonas.weber",
    "katya.ivanova",
    "liam.murphy",
    "maya.patel",
    "nora.lindqvist",
    "omar.reyes",
    "priya.nair",
];
pub const GROUPS: [&str; 6] =
    ["developers", "operators", "auditors", "Administrators", "data-science", "read-only"];
pub const POLICIES: [&str; 8] = [
    "ReadOnlyAccess",
    "AmazonS3ReadOnlyAccess",
    "AdministratorAccess",
    "PowerUserAccess",
    "AmazonEC2FullAccess",
    "AWSLambda_FullAccess",
    "SecurityAudit",
    "CloudWatchLogsFullAccess",
];
pub const TITLES: [&str; 12] = [
    "Team platform",
    "Managed by infrastructure code",
    "Temporary access for the migration",
    "Cost centre 4711",
    "Nightly export",
    "Owned by data engineering",
    "Web tier",
    "Office network",
    "Backup before the release",
    "Shared services",
    "Load test",
    "Partner integration",
];
/// CloudTrail writes these as UTF-8, not escaped.
pub const FOREIGN_TITLES: [&str; 8] = [
    "Zugriff für die Prüfung",
    "Équipe réseau",
    "Größenänderung der Volumes",
    "夜間バックアップ",
    "Доступ для аудита",
    "Señalización — producción",
    "测试环境",
    "Sauvegarde d’été 🌞",
];
pub const SECONDS: [&str; 4] = ["900", "3600", "14400", "43200"];
pub const PORTS: [&str; 8] = ["22", "80", "443", "3306", "5432", "6379", "8080", "8443"];
pub const REGIONS: [&str; 4] = ["eu-central-1", "us-east-1", "us-east-1", "eu-west-1"];
