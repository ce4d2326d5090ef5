//! Rows of many keys at once: a hundred in one journey, by one text for both engines.

use crate::engine::{Cursor, StoreError, Value, each};
use crate::store::Store;

/// How many keys one statement takes; a list that is shorter repeats its last one.
const AT_ONCE: usize = 100;

/// The places of the keys of one statement.
macro_rules! keys {
    () => {
        "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, \
         $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, \
         $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61, \
         $62, $63, $64, $65, $66, $67, $68, $69, $70, $71, $72, $73, $74, $75, $76, $77, $78, $79, $80, $81, \
         $82, $83, $84, $85, $86, $87, $88, $89, $90, $91, $92, $93, $94, $95, $96, $97, $98, $99, $100"
    };
}
pub(crate) use keys;

impl Store {
    /// What is there of these keys. `find` compares a column that is indexed with [`keys`].
    pub(crate) async fn load_many<K: Copy + Into<Value>, T>(
        &self,
        find: &'static str,
        keys: &[K],
        read: fn(&mut Cursor) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        for some in keys.chunks(AT_ONCE) {
            let padded = some.iter().chain(some.last().into_iter().cycle()).take(AT_ONCE);
            let row: Vec<Value> = padded.map(|key| (*key).into()).collect();
            found.extend(each(self.engine().load(find, &row).await?, read)?);
        }
        Ok(found)
    }
}
