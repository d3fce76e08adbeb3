"""What is printed: certificates and transcripts as tagged PDF (PDF/UA-1)."""
