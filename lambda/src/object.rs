//! Objects of S3.

use std::{
    fmt,
    io::{BufReader, Read},
};

use aws_sdk_s3::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::get_object::{GetObjectError, GetObjectOutput},
    primitives::ByteStream,
};
use tokio_util::io::SyncIoBridge;

use crate::aws;

/// An object of a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// The bucket's name.
    pub bucket: String,
    /// The key, decoded.
    pub key: String,
    /// The version, of a bucket that has them.
    pub version: Option<String>,
}

/// An object that is about to be read.
#[derive(Debug)]
pub struct Opened {
    object: Object,
    /// When it was written, in seconds since 1970.
    pub written: Option<i64>,
    /// How many bytes it has.
    pub length: Option<u64>,
    body: ByteStream,
}

/// Why an object could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectError {
    /// Whether a later try may succeed.
    pub passing: bool,
    message: String,
}

impl fmt::Display for ObjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ObjectError {}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.key)
    }
}

impl Object {
    /// Begins to read the object.
    ///
    /// # Errors
    /// If it is not there, or may not be read.
    pub async fn open(self, client: &Client) -> Result<Opened, ObjectError> {
        let request = client
            .get_object()
            .bucket(&self.bucket)
            .key(&self.key)
            .set_version_id(self.version.clone());
        let answer = request.send().await.map_err(|error| self.refused(&error))?;
        let GetObjectOutput { body, content_length, last_modified, .. } = answer;
        Ok(Opened {
            object: self,
            written: last_modified.map(|time| time.secs()),
            length: content_length.and_then(|length| u64::try_from(length).ok()),
            body,
        })
    }

    fn refused(&self, error: &SdkError<GetObjectError>) -> ObjectError {
        let code = error.code().unwrap_or_default();
        let message = error.message().unwrap_or_default();
        let status = error.raw_response().map(|response| response.status().as_u16());
        let (passing, why) = match (code, status) {
            ("NoSuchKey" | "NoSuchVersion" | "NoSuchBucket", _) | (_, Some(404)) => {
                (false, "it is not there any more".to_owned())
            }
            // What S3 says of a key of KMS names the action.
            ("AccessDenied", _) if message.contains("kms:") => (
                false,
                format!(
                    "the function may not use the KMS key that it is encrypted with ({message}): \
                     name the key's ARN in the deployment, and allow `kms:Decrypt` in the key's \
                     policy"
                ),
            ),
            ("AccessDenied", _) | (_, Some(403)) => (
                false,
                format!(
                    "the function may not read it ({message}): it needs `s3:GetObject`, and \
                     `s3:GetObjectVersion` where the bucket has versions, on the bucket's objects, \
                     in its role and, from another account, in the bucket's policy"
                ),
            ),
            ("InvalidObjectState", _) => {
                (false, "it is archived, and to be restored first".to_owned())
            }
            _ => (true, aws::words(error)),
        };
        self.failed(passing, &why)
    }

    fn failed(&self, passing: bool, why: &str) -> ObjectError {
        ObjectError { passing, message: format!("{self}: {why}") }
    }
}

impl Opened {
    /// All of its content.
    ///
    /// # Errors
    /// If it does not come to its end.
    pub async fn content(self) -> Result<Vec<u8>, ObjectError> {
        match self.body.collect().await {
            Ok(content) => Ok(content.to_vec()),
            Err(error) => {
                Err(self.object.failed(true, &format!("its content did not come: {error}")))
            }
        }
    }

    /// Its content as a stream, to be read from a thread that may block.
    pub fn stream(self) -> BufReader<impl Read + Send> {
        BufReader::with_capacity(64 * 1024, SyncIoBridge::new(self.body.into_async_read()))
    }
}
