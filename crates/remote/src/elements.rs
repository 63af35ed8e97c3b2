//! Reading a long JSON array piece by piece, so that it never stands in memory as a whole.

/// Splits the bytes of one JSON array into its elements as they arrive.
///
/// It looks only at brackets, strings and commas; each element is still to be parsed by its receiver.
#[derive(Debug, Default)]
pub(crate) struct ArrayElements {
    state: State,
    depth: usize,
    in_string: bool,
    escaped: bool,
    element: Vec<u8>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Before,
    Inside,
    After,
}

impl ArrayElements {
    /// Takes the next bytes and hands every element completed by them to `receive`.
    ///
    /// # Errors
    /// When the bytes cannot be a JSON array; or whatever `receive` returns.
    pub(crate) fn take<F>(&mut self, bytes: &[u8], mut receive: F) -> Result<(), String>
    where
        F: FnMut(&[u8]) -> Result<(), String>,
    {
        for &byte in bytes {
            match self.state {
                State::Before => match byte {
                    b'[' => self.state = State::Inside,
                    // A byte order mark or white space.
                    0xEF | 0xBB | 0xBF | b' ' | b'\r' | b'\n' | b'\t' => {}
                    _ => return Err("a list was expected".to_owned()),
                },
                State::Inside => self.take_inside(byte, &mut receive)?,
                State::After => {
                    if !byte.is_ascii_whitespace() {
                        return Err("something follows the list".to_owned());
                    }
                }
            }
        }
        Ok(())
    }

    fn take_inside<F>(&mut self, byte: u8, receive: &mut F) -> Result<(), String>
    where
        F: FnMut(&[u8]) -> Result<(), String>,
    {
        if self.in_string {
            self.element.push(byte);
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return Ok(());
        }
        match byte {
            b',' if self.depth == 0 => return self.finish_element(receive),
            b']' if self.depth == 0 => {
                self.state = State::After;
                return self.finish_element(receive);
            }
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self
                    .depth
                    .checked_sub(1)
                    .ok_or_else(|| "brackets do not match".to_owned())?;
            }
            b'"' => self.in_string = true,
            _ => {}
        }
        self.element.push(byte);
        Ok(())
    }

    fn finish_element<F>(&mut self, receive: &mut F) -> Result<(), String>
    where
        F: FnMut(&[u8]) -> Result<(), String>,
    {
        // Only an empty list, or the trailing comma that .NET tolerates, has nothing here.
        let result = if self.element.iter().all(u8::is_ascii_whitespace) {
            Ok(())
        } else {
            receive(&self.element)
        };
        self.element.clear();
        result
    }

    /// How many bytes of an unfinished element are held.
    pub(crate) fn held(&self) -> usize {
        self.element.len()
    }

    /// Whether the array was closed. If not, the answer is truncated.
    pub(crate) fn is_complete(&self) -> bool {
        self.state == State::After
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(pieces: &[&str]) -> Result<(Vec<String>, bool), String> {
        let mut elements = ArrayElements::default();
        let mut found = Vec::new();
        for piece in pieces {
            elements.take(piece.as_bytes(), |element| {
                found.push(String::from_utf8_lossy(element).trim().to_owned());
                Ok(())
            })?;
        }
        Ok((found, elements.is_complete()))
    }

    #[test]
    fn elements_are_found_wherever_the_pieces_are_cut() {
        let whole = r#" [ {"a":"],[\"}\\"}, [1,[2]], "x,y", 7 ] "#;
        let expected = vec![r#"{"a":"],[\"}\\"}"#, "[1,[2]]", r#""x,y""#, "7"];
        for cut in 0..whole.len() {
            let (found, complete) = split(&[&whole[..cut], &whole[cut..]]).unwrap();
            assert_eq!(found, expected);
            assert!(complete);
        }
    }

    #[test]
    fn an_empty_list_is_complete_and_a_cut_one_is_not() {
        assert_eq!(split(&["[]"]).unwrap(), (vec![], true));
        assert_eq!(
            split(&["[{\"a\":1},{\"a\""]).unwrap(),
            (vec![r#"{"a":1}"#.to_owned()], false)
        );
        assert!(!split(&[""]).unwrap().1);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        assert!(split(&["{\"message\":\"x\"}"]).is_err());
        assert!(split(&["[1] trailing"]).is_err());
        assert!(split(&["[}"]).is_err());
    }
}
