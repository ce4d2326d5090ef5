//! How a [`Value`] travels to and from PostgreSQL.

use std::error::Error;

use bytes::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use super::super::value::storable;
use super::Value;

/// A value and a column of different types meet: a statement and the schema disagree.
#[derive(Debug, thiserror::Error)]
#[error("{found} cannot be a PostgreSQL {wanted}")]
pub(super) struct Mismatch {
    found: &'static str,
    wanted: String,
}

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self, ty) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Integer(value), &Type::INT8) => value.to_sql(ty, out),
            (Value::Integer(value), &Type::INT4) => match i32::try_from(*value) {
                Ok(value) => value.to_sql(ty, out),
                Err(_) => Err(Mismatch { found: "a large integer", wanted: ty.to_string() }.into()),
            },
            (Value::Boolean(value), &Type::BOOL) => value.to_sql(ty, out),
            (Value::Text(value), &(Type::TEXT | Type::VARCHAR | Type::NAME)) => {
                storable(value).as_ref().to_sql(ty, out)
            }
            (Value::Blob(value), &Type::BYTEA) => value.to_sql(ty, out),
            _ => Err(Mismatch { found: self.type_name(), wanted: ty.to_string() }.into()),
        }
    }

    /// Any: what fits is decided value by value.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// The type that a value is sent as where the server was not asked for the one it expects. What NULL is, it finds out.
pub(super) fn type_of(value: &Value) -> Type {
    match value {
        Value::Null => Type::UNKNOWN,
        Value::Integer(_) => Type::INT8,
        Value::Boolean(_) => Type::BOOL,
        Value::Text(_) => Type::TEXT,
        Value::Blob(_) => Type::BYTEA,
    }
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(match *ty {
            Type::INT8 => Value::Integer(i64::from_sql(ty, raw)?),
            Type::INT4 => Value::Integer(i32::from_sql(ty, raw)?.into()),
            Type::INT2 => Value::Integer(i16::from_sql(ty, raw)?.into()),
            Type::BOOL => Value::Boolean(bool::from_sql(ty, raw)?),
            Type::BYTEA => Value::Blob(raw.to_vec()),
            _ => Value::Text(String::from_sql(ty, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Value::Null)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::INT8 | Type::INT4 | Type::INT2 | Type::BOOL | Type::BYTEA)
            || <String as FromSql>::accepts(ty)
    }
}
