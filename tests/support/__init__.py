"""What tests of several packages share: real servers, fault injection, requirements. No stand-ins."""
