//! Where records are put that are too large for a message and stand in no object.

use aws_sdk_s3::{Client, primitives::ByteStream};
use sha2::{Digest, Sha256};
use trailalerts_lambda::aws;

/// A bucket for such records.
#[derive(Debug, Clone)]
pub struct Spill {
    client: Client,
    bucket: Option<String>,
}

impl Spill {
    /// Puts records into this bucket, if there is one.
    pub fn new(client: Client, bucket: Option<String>) -> Spill {
        Spill { client, bucket }
    }

    /// Puts a record there: the bucket and the key. The same record gets the same key, and no other
    /// one does, whatever ids events say that they have.
    ///
    /// # Errors
    /// If there is no bucket, or it does not take the record.
    pub async fn put(&self, json: &str) -> Result<(&str, String), String> {
        let Some(bucket) = &self.bucket else {
            return Err(
                "its record is too large for a message: name a bucket for such records in \
                 TRAILALERTS_SPILL_BUCKET"
                    .to_owned(),
            );
        };
        let name: String = Sha256::digest(json).iter().map(|byte| format!("{byte:02x}")).collect();
        let key = format!("records/{name}.json");
        let body = ByteStream::from(json.as_bytes().to_vec());
        let request = self.client.put_object().bucket(bucket).key(&key).body(body);
        match request.send().await {
            Ok(_) => Ok((bucket, key)),
            Err(error) => {
                let why = aws::words(&error);
                Err(format!("its record cannot be put into the bucket {bucket}: {why}"))
            }
        }
    }
}
